"""What both searches answer (GUI 0475 §4; GUI 0537 p. 6-11).

The former one doesn't tell the direction of the measures.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sge_sim.commandes.acces import step_of
from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.domaine.libelles import MOTIFS_FIN, libelle_de
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.services.trees import coded, present
from sge_sim.soap.protocol import Tree
from sge_sim.tables.acteur_facts import ContratFacts
from sge_sim.tables.point_facts import PointFacts, ServiceFacts


def mesures_of(service: ServiceFacts) -> str | None:
    """Return what is collected, sent or, for an access service, covered (GUI 0498)."""
    return DONNEES_ACCES[service.acces_type] if service.acces_type else service.mesures_type


def motif_of(service: ServiceFacts) -> str | None:
    """Return why the service ended; a service that is being stopped doesn't tell it yet."""
    if service.etat != "TERMINE" or service.motif_fin is None:
        return None
    return MOTIFS_FIN[service.motif_fin]


def acces_found(
    point: PointFacts | None, services: Sequence[ServiceFacts], contrat: ContratFacts | None
) -> Tree:
    """Return the response: an empty one where there is no service, which is a success."""
    if point is None or not services:
        return {}
    return {
        "servicesSouscrits": {
            "serviceSouscrit": [_service_acces(point, service, contrat) for service in services]
        }
    }


def _service_acces(point: PointFacts, service: ServiceFacts, contrat: ContratFacts | None) -> Tree:
    of_acteur = service.type != "OPPENR"
    injection = service.sens == "INJECTION"
    return present(
        {
            "serviceSouscritId": service.service_souscrit_id,
            "pointId": service.prm,
            "serviceSouscritCode": service.type,
            "serviceSouscritLibelle": libelle_de("serviceSouscritType", service.type),
            "injection": injection,
            "soutirage": not injection,
            "contratId": service.contrat_id,
            "contratLibelle": (of_acteur and contrat and libelle_de("contrat", contrat.type))
            or None,
            "etatCode": service.etat,
            "dateDebut": service.date_debut,
            "dateFin": service.date_fin,
            "motifFinLibelle": motif_of(service),
            "mesuresTypeCode": mesures_of(service),
            "mesuresPas": _pas(point, service),
            "optionsPublication": present({"optionPublication": [*_options(service)]}),
        }
    )


def _pas(point: PointFacts, service: ServiceFacts) -> str | None:
    """Return the step of what is covered: access opened by a tester keeps none."""
    return step_of(point.segment, service.acces_type) if service.acces_type else service.pas


def _options(service: ServiceFacts) -> Iterator[dict[str, Any]]:
    """Yield the publications: those of access have days of their own."""
    if service.type == "TRANSREC":
        yield _option(service.corrigees, service.periodicite, service.date_debut, service.date_fin)
    for option in service.options:
        yield _option(option.corrigees, option.periodicite, option.date_debut, option.date_fin)


def _option(
    corrigees: bool | None, periodicite: str | None, debut: object, fin: object
) -> dict[str, Any]:
    return present(
        {
            "mesuresCorrigees": corrigees,
            "periodiciteTransmission": periodicite,
            "dateDebut": debut,
            "dateFin": fin,
        }
    )


def mesures_found(point: PointFacts | None, services: Sequence[ServiceFacts]) -> Tree:
    """Return the response: no block at all where there is no service, which is a success."""
    if point is None or not services:
        return {}
    return {
        "servicesSouscritsMesures": {
            "serviceSouscritMesures": [_service_mesures(point, service) for service in services]
        }
    }


def _service_mesures(point: PointFacts, service: ServiceFacts) -> Tree:
    return present(
        {
            "serviceSouscritId": service.service_souscrit_id,
            "pointId": service.prm,
            "serviceSouscritType": coded("serviceSouscritType", service.type),
            "serviceSouscritLibelle": _prestation(point, service),
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


def _prestation(point: PointFacts, service: ServiceFacts) -> str:
    """Return the label of the prestation that was ordered (assumed: no list is published)."""
    if service.mesures_type is None or service.sens is None:
        return libelle_de("serviceSouscritType", service.type)
    return prestation_collecte(
        point.segment, service.sens, service.mesures_type, recurrente=service.type == "TRANSREC"
    ).fiche_libelle
