"""NASS: tells a beneficiary that its services have ended and why, in a format of our own.

The guide of NASS isn't public and no sample is known: only that it bears the number of the service
and the reason of its end is documented (homologation slides V26.2). The name and the JSON say
plainly that the format is the simulator's: nobody is to build a reader of NASS from it.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.domaine.libelles import MOTIFS_FIN
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Archive, Envoi, Fichier, tampon
from sge_sim.flux.horodates import legal
from sge_sim.flux.lots import LotFin
from sge_sim.flux.packaging import zipped_archive
from sge_sim.tables.commandes import ServiceSouscrit

FORMAT = "sge-sim-nass-1"

_AVERTISSEMENT = (
    "Format propre à sge-sim : celui du flux NASS d'Enedis n'est pas public. "
    "Ne pas s'en servir pour développer un lecteur de ce flux."
)


@dataclass(frozen=True)
class FinDeService:
    """What is announced of a service; `date_fin` is the first legal day without it."""

    service_souscrit_id: str
    prm: str
    code: str
    mesures_type: str
    sens: str | None
    date_debut: date
    date_fin: date
    motif: str


def fichiers(_session: Session, lot: LotFin, envoi: Envoi, _atelier: Atelier) -> Iterator[Fichier]:
    """Yield the file that announces the ends of services of a contract."""
    made = archive_of_ends(envoi.contrat_id, [_fin_of(each) for each in lot.services], lot.instant)
    yield Fichier(made.nom, (zipped_archive(made, lot.instant),), made.prms)


def _fin_of(service: ServiceSouscrit) -> FinDeService:
    """Return what is announced of a service that has ended."""
    assert service.date_fin is not None
    assert service.motif_fin is not None
    mesures_type = DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type
    assert mesures_type is not None, "an opposition has no beneficiary"
    return FinDeService(
        service_souscrit_id=service.service_souscrit_id,
        prm=service.prm,
        code=service.type,
        mesures_type=mesures_type,
        sens=service.sens,
        date_debut=service.date_debut,
        date_fin=service.date_fin,
        motif=MOTIFS_FIN[service.motif_fin],
    )


def archive_of_ends(contrat_id: str, fins: Sequence[FinDeService], creation: datetime) -> Archive:
    """Return the archive that announces the ends of services of a contract, by their numbers.

    The first of them is in its name: it ends once, so the name is that of one archive alone.
    """
    nom = f"SGE-SIM_NASS_{contrat_id}_{fins[0].service_souscrit_id}_{tampon(creation)}"
    body = {
        "format": FORMAT,
        "avertissement": _AVERTISSEMENT,
        "dateCreation": legal(creation),
        "contratId": contrat_id,
        "fins": [_fin(fin) for fin in fins],
    }
    content = (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()
    prms = tuple(dict.fromkeys(fin.prm for fin in fins))
    return Archive(f"{nom}.zip", ((f"{nom}.json", content),), prms)


def _fin(fin: FinDeService) -> dict[str, Any]:
    return {
        "prm": fin.prm,
        "serviceSouscritId": fin.service_souscrit_id,
        "serviceSouscritCode": fin.code,
        "mesuresTypeCode": fin.mesures_type,
        "sens": fin.sens,
        "dateDebut": fin.date_debut.isoformat(),
        "dateFin": fin.date_fin.isoformat(),
        "motifFin": fin.motif,
    }
