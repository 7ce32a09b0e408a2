"""NASS: tells a beneficiary that its services have ended and why, in a format of our own.

The guide of NASS isn't public and no sample is known: only that it bears the number of the service
and the reason of its end is documented (homologation slides V26.2). The name and the JSON say
plainly that the format is the simulator's: nobody is to build a reader of NASS from it.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.domaine.libelles import MOTIFS_FIN
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import Archive, Envoi, Fichier
from sge_sim.flux.horodates import legal
from sge_sim.flux.lots import LotFin
from sge_sim.flux.packaging import zipped_archive
from sge_sim.tables.commandes import ServiceSouscrit

FORMAT = "sge-sim-nass-1"

_AVERTISSEMENT = (
    "Format propre à sge-sim : celui du flux NASS d'Enedis n'est pas public. "
    "Ne pas s'en servir pour développer un lecteur de ce flux."
)


def fichiers(_session: Session, lot: LotFin, envoi: Envoi, _atelier: Atelier) -> Iterator[Fichier]:
    """Yield the file that announces the ends of services of a contract, by their numbers.

    The first of them is in its name: it ends once, so the name is that of one archive alone.
    """
    nom = f"SGE-SIM_NASS_{envoi.contrat_id}_{lot.numero}_{envoi.tampon}"
    body = {
        "format": FORMAT,
        "avertissement": _AVERTISSEMENT,
        "dateCreation": legal(envoi.creation),
        "contratId": envoi.contrat_id,
        "fins": [_fin(service) for service in lot.services],
    }
    content = (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()
    prms = tuple(dict.fromkeys(service.prm for service in lot.services))
    archive = Archive(f"{nom}.zip", ((f"{nom}.json", content),), prms)
    yield Fichier(archive.nom, (zipped_archive(archive, envoi.creation),), prms)


def _fin(service: ServiceSouscrit) -> dict[str, Any]:
    """Return what is announced of a service; `dateFin` is the first legal day without it."""
    assert service.date_fin is not None
    assert service.motif_fin is not None
    mesures_type = DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type
    assert mesures_type is not None, "an opposition has no beneficiary"
    return {
        "prm": service.prm,
        "serviceSouscritId": service.service_souscrit_id,
        "serviceSouscritCode": service.type,
        "mesuresTypeCode": mesures_type,
        "sens": service.sens,
        "dateDebut": service.date_debut.isoformat(),
        "dateFin": service.date_fin.isoformat(),
        "motifFin": MOTIFS_FIN[service.motif_fin],
    }
