"""Takes the demands of M023: many points, one case, files within 72 hours (GUI 0502)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import later
from sge_sim.commandes.affaires import affaire_id_of
from sge_sim.domaine.delais import Delai
from sge_sim.domaine.nomenclatures import CadreAcces, FluxM023, FormatM023, Sens
from sge_sim.tables.ecritures import write
from sge_sim.tables.m023 import DemandeM023

M023_WITHIN: Final = timedelta(hours=12)
"""Files come as they are ready, within 72 hours (GUI 0502); the 12 are assumed."""


@dataclass(frozen=True)
class Historiques:
    """What a demand asks for: the files of `flux` about these points, over the legal days
    [debut, fin), which technical and contractual data (C68) don't have."""

    flux: FluxM023
    format: FormatM023
    prms: Sequence[str]
    sens: Sens
    cadre: CadreAcces
    debut: date | None = None
    fin: date | None = None
    corrigees: bool = False


@dataclass(frozen=True)
class Emetteur:
    """Who demands: kept as it came, but for the actor and the contract, which were checked."""

    acteur_code: str
    contrat_id: str
    login: str
    reference: str | None


def order_m023(
    session: Session,
    numero: int,
    emetteur: Emetteur,
    asked: Historiques,
    now: datetime,
    delai: Delai,
) -> DemandeM023:
    """Open the case of a demand, under that number; its files are due in 12 hours at most."""
    demande = DemandeM023(
        affaire_id=affaire_id_of("M0", numero),
        acteur_code=emetteur.acteur_code,
        contrat_id=emetteur.contrat_id,
        login=emetteur.login,
        reference=emetteur.reference,
        flux=asked.flux,
        format=asked.format,
        prms=" ".join(asked.prms),
        sens=asked.sens,
        cadre=asked.cadre,
        corrigees=asked.corrigees,
        date_debut=asked.debut,
        date_fin=asked.fin,
        etat="transmise",
        opened_at=now,
        due_at=min(delai.after(now), later(now, M023_WITHIN)),
    )
    write(session, now, (demande,), {"affaire": numero})
    return demande
