"""What RechercheServicesSouscritsMesures answers (GUI 0475 §4).

The direction of the measures isn't transmitted in this version.
"""

from collections.abc import Sequence

from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.domaine.libelles import libelle_de
from sge_sim.services.souscrits import mesures_of, motif_of
from sge_sim.services.trees import coded, present
from sge_sim.soap.protocol import Tree
from sge_sim.tables.point_facts import PointFacts, ServiceFacts


def services_found(point: PointFacts | None, services: Sequence[ServiceFacts]) -> Tree:
    """Return the response: no block at all where there is no service, which is a success."""
    if point is None or not services:
        return {}
    return {
        "servicesSouscritsMesures": {
            "serviceSouscritMesures": [_service(point, one) for one in services]
        }
    }


def _service(point: PointFacts, service: ServiceFacts) -> Tree:
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
            "motifFinLibelle": motif_of(service),
            "mesuresTypeCode": mesures_of(service),
            "mesuresPas": service.pas,
            "mesuresCorrigees": service.corrigees,
            "periodiciteTransmission": service.periodicite,
        }
    )


def _libelle(point: PointFacts, service: ServiceFacts) -> str:
    """Return the label of the prestation that was ordered (assumed: no list is published)."""
    if service.mesures_type is None or service.sens is None:
        return libelle_de("serviceSouscritType", service.type)
    return prestation_collecte(
        point.segment,
        service.sens,
        service.mesures_type,
        recurrente=service.type == "TRANSREC",
    ).fiche_libelle
