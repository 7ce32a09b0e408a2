"""NASS: tells the beneficiary of a service that it has ended and why, in a format of our own.

The guide of NASS isn't public and no sample is known: only that it bears the number of the service
and the reason of its end is documented (homologation slides V26.2). The name and the JSON say
plainly that the format is the simulator's: nobody is to build a reader of NASS from it.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sge_sim.flux.envoi import Archive, tampon
from sge_sim.flux.horodates import legal

FORMAT = "sge-sim-nass-1"

_AVERTISSEMENT = (
    "Format propre à sge-sim : celui du flux NASS d'Enedis n'est pas public. "
    "Ne pas s'en servir pour développer un lecteur de ce flux."
)


@dataclass(frozen=True)
class FinDeService:
    """What is announced; `date_fin` is the first legal day without the service."""

    service_souscrit_id: str
    prm: str
    contrat_id: str
    code: str
    mesures_type: str
    sens: str | None
    date_debut: date
    date_fin: date
    motif: str


def archive(fin: FinDeService, creation: datetime) -> Archive:
    """Return the archive that announces the end of one service."""
    nom = f"SGE-SIM_NASS_{fin.service_souscrit_id}_{fin.prm}_{tampon(creation)}"
    return Archive(f"{nom}.zip", ((f"{nom}.json", write(fin, creation)),), (fin.prm,))


def write(fin: FinDeService, creation: datetime) -> bytes:
    """Return the JSON of an announcement."""
    body = {
        "format": FORMAT,
        "avertissement": _AVERTISSEMENT,
        "dateCreation": legal(creation),
        "contratId": fin.contrat_id,
        "prm": fin.prm,
        "serviceSouscritId": fin.service_souscrit_id,
        "serviceSouscritCode": fin.code,
        "mesuresTypeCode": fin.mesures_type,
        "sens": fin.sens,
        "dateDebut": fin.date_debut.isoformat(),
        "dateFin": fin.date_fin.isoformat(),
        "motifFin": fin.motif,
    }
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()
