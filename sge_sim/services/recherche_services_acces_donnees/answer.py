"""What RechercheServicesAccesDonnees answers (GUI 0537 p. 6-11)."""

from collections.abc import Iterator, Sequence
from typing import Any

from sge_sim.commandes.acces import step_of
from sge_sim.domaine.libelles import libelle_de
from sge_sim.services.souscrits import mesures_of, motif_of
from sge_sim.services.trees import present
from sge_sim.soap.protocol import Tree
from sge_sim.tables.acteur_facts import ContratFacts
from sge_sim.tables.point_facts import PointFacts, ServiceFacts


def services_found(
    point: PointFacts | None, services: Sequence[ServiceFacts], contrat: ContratFacts | None
) -> Tree:
    """Return the response: an empty one where there is no service, which is a success."""
    if point is None or not services:
        return {}
    return {
        "servicesSouscrits": {
            "serviceSouscrit": [_service(point, one, contrat) for one in services]
        }
    }


def _service(point: PointFacts, service: ServiceFacts, contrat: ContratFacts | None) -> Tree:
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
    for one in service.options:
        yield _option(one.corrigees, one.periodicite, one.date_debut, one.date_fin)


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
