"""What RechercheServicesSouscritsMesures answers (GUI 0475 §4).

An actor sees its own services; the opposition of the client of a C5 is seen by every actor. The
direction of the measures isn't transmitted in this version.
"""

from collections.abc import Sequence
from typing import Final

from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.commandes.vie import MOTIFS
from sge_sim.domaine.libelles import libelle_de
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.services.trees import coded, present
from sge_sim.soap.protocol import Tree
from sge_sim.store.fiches import FichePoint, FicheService

_MAX_SERVICES: Final = 200


def services_found(point: FichePoint | None, services: Sequence[FicheService]) -> Tree:
    """Return the response: no block at all where there is no service, which is a success.

    Of more than 200, the oldest are left out (the bound is the schema's, the choice assumed).
    """
    if point is None or not services:
        return {}
    kept = services[-_MAX_SERVICES:]
    return {
        "servicesSouscritsMesures": {
            "serviceSouscritMesures": [_service(point, one) for one in kept]
        }
    }


def _service(point: FichePoint, service: FicheService) -> Tree:
    return present(
        {
            "serviceSouscritId": service.service_souscrit_id,
            "pointId": service.prm,
            "serviceSouscritType": coded("serviceSouscritType", service.type),
            "serviceSouscritLibelle": _libelle(point, service),
            "contratId": service.contrat_id,
            "etatCode": service.etat,
            "dateDebut": service.date_debut,
            "dateFin": service.date_fin,
            "motifFinLibelle": _motif(service),
            "mesuresTypeCode": _mesures(service),
            "mesuresPas": service.pas,
            "mesuresCorrigees": service.corrigees,
            "periodiciteTransmission": service.periodicite,
        }
    )


def _libelle(point: FichePoint, service: FicheService) -> str:
    """Return the label of the prestation that was ordered (assumed: no list is published)."""
    if service.mesures_type is None or service.sens is None:
        return libelle_de("serviceSouscritType", service.type)
    return prestation_collecte(
        point.segment,
        service.sens,
        service.mesures_type,
        recurrente=service.type == "TRANSREC",
    ).fiche_libelle


def _mesures(service: FicheService) -> str | None:
    """Return what is collected, sent or, for an access service, covered (GUI 0498)."""
    return DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type


def _motif(service: FicheService) -> str | None:
    """Return why the service ended; a service that is being stopped doesn't tell it yet."""
    if service.etat != "TERMINE" or service.motif_fin is None:
        return None
    return MOTIFS[service.motif_fin]
