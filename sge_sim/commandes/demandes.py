"""Takes the orders that give files once: histories, infra-daily data, the demands of M023.

A demand of M023 is about many points: one case, files within 72 hours (GUI 0502).
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import later, legal_date
from sge_sim.commandes.affaires import Commande, affaire_id_of, open_affaire
from sge_sim.commandes.autorisations import Declaration, declared
from sge_sim.commandes.echeances import carry_out
from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.domaine.nomenclatures import CadreAcces, CodeFlux, FormatM023, MesuresType, Sens
from sge_sim.tables.base import Base
from sge_sim.tables.commandes import Affaire, DemandeHistorique, DemandeInfraJ, infra_j_since
from sge_sim.tables.ecritures import Numeros, write_at
from sge_sim.tables.m023 import DemandeM023
from sge_sim.tables.mesures import RelevePonctuel

IN_PROGRESS: Final = timedelta(minutes=30)
"""How long an infra-daily demand forbids another one that is strictly the same (GUI 0481)."""

INFRA_J_WITHIN: Final = timedelta(minutes=20)
"""Infra-daily data come in less than 30 minutes (slides V26.2); the 20 are assumed."""

HISTORIQUE_WITHIN: Final = timedelta(hours=4)
"""The file of a history comes in some hours, whatever other orders take; the 4 are assumed."""


@dataclass(frozen=True)
class Historique:
    """What a history is asked to hold; `date_fin` is excluded (assumed)."""

    mesures_type: MesuresType
    date_debut: date
    date_fin: date
    corrigees: bool


@dataclass(frozen=True)
class InfraJ:
    """What infra-daily data are asked for: the directions and the kinds of data."""

    injection: bool
    soutirage: bool
    cdc: bool
    idx: bool
    ptd: bool

    def __str__(self) -> str:
        asked = [name for name in ("cdc", "idx", "ptd") if getattr(self, name)]
        sens = [name for name in ("soutirage", "injection") if getattr(self, name)]
        return f"{'+'.join(asked)} en {' et '.join(sens)}"


def order_historique(
    session: Session,
    numeros: Numeros,
    commande: Commande,
    historique: Historique,
    prestation: Prestation,
    declaration: Declaration,
) -> Affaire:
    """Open the case of a history; its file is due once the case is closed.

    `numeros` are the last numbers given, here and below.
    """
    days = {"date_debut": historique.date_debut, "date_fin": historique.date_fin}
    numero = numeros["affaire"] + 1
    affaire = open_affaire(
        commande,
        "A0",
        numero,
        prestation,
        f"historique {historique.mesures_type} du {historique.date_debut} au {historique.date_fin}",
    )
    affaire.echeance = min(commande.done_at, later(commande.now, HISTORIQUE_WITHIN))
    demande = DemandeHistorique(
        affaire_id=affaire.affaire_id,
        mesures_type=historique.mesures_type,
        corrigees=historique.corrigees,
        **days,
    )
    carry_out(session, (affaire,), commande.now)
    rows = (affaire, demande, declared(affaire, declaration, **days))
    write_at(session, commande.now, rows, {"affaire": numero})
    return affaire


def order_infra_j(
    session: Session,
    numeros: Numeros,
    commande: Commande,
    infra_j: InfraJ,
    prestation: Prestation,
    declarations: Sequence[Declaration],
) -> Affaire:
    """Open the case of an infra-daily demand; each direction may have its own declaration.

    Who asks for indexes has the meter read, which others see (CRD: assumed).
    """
    numero, today = numeros["affaire"] + 1, legal_date(commande.now)
    affaire = open_affaire(commande, "M0", numero, prestation, f"infra-journalier {infra_j}")
    affaire.echeance = read_at = min(commande.done_at, later(commande.now, INFRA_J_WITHIN))
    rows: list[Base] = [
        affaire,
        DemandeInfraJ(affaire_id=affaire.affaire_id, **asdict(infra_j)),
        *(
            declared(affaire, declaration, date_debut=today, date_fin=today)
            for declaration in declarations
        ),
    ]
    if infra_j.idx:
        rows.append(RelevePonctuel(prm=commande.prm, instant=read_at))
    carry_out(session, (affaire,), commande.now)
    write_at(session, commande.now, rows, {"affaire": numero})
    return affaire


def is_in_progress(session: Session, commande: Commande, infra_j: InfraJ) -> bool:
    """Tell whether the same contract demanded the same data less than 30 minutes ago."""
    return any(
        demande.affaire.contrat_id == commande.contrat_id
        and InfraJ(demande.injection, demande.soutirage, demande.cdc, demande.idx, demande.ptd)
        == infra_j
        for demande in infra_j_since(session, commande.prm, later(commande.now, -IN_PROGRESS))
    )


M023_WITHIN: Final = timedelta(hours=12)
"""Files come as they are ready, within 72 hours (GUI 0502); the 12 are assumed."""


@dataclass(frozen=True)
class MesuresDemandees:
    """What a demand asks for: the files of `flux` about these points, over the legal days
    [debut, fin), which technical and contractual data (C68) don't have."""

    flux: CodeFlux
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
    numeros: Numeros,
    emetteur: Emetteur,
    asked: MesuresDemandees,
    now: datetime,
    delai: Delai,
) -> DemandeM023:
    """Open the case of a demand; its files are due in 12 hours at most."""
    numero = numeros["affaire"] + 1
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
    write_at(session, now, (demande,), {"affaire": numero})
    return demande
