"""Both searches of the services of a point: check the rules, list them.

An actor sees its own services; the opposition of the client of a C5 is seen by every actor.

Answers: GUI 0475 §4; GUI 0537 p. 6-11. The former one doesn't tell the direction of
the measures.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sge_sim.commandes.acces import step_of
from sge_sim.commandes.prestations import prestation_collecte
from sge_sim.domaine.libelles import MOTIFS_FIN, libelle_de
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, Demandeur
from sge_sim.domaine.plateformes import SECOND_GENERATION, first_generation
from sge_sim.refus import check
from sge_sim.services.ecarts import is_empty
from sge_sim.services.message_parts import acces_of, coded, present
from sge_sim.services.recherche_services.rules import RULES, RechercheServices
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.acteur_facts import ContratFacts
from sge_sim.tables.point_facts import Faits, PointFacts, ServiceFacts


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
        point.segment,
        service.sens,
        service.mesures_type,
        recurrente=service.type == "TRANSREC",
    ).fiche_libelle


CODES_RECHERCHE: Final = ("SGT200", "SGT471", "SGT472", "SGT500", "SGT502", "SGT504", "SGT562")

_MAX_SERVICES: Final = 200


def asks_recherche(body: Tree, _demandeur: Demandeur) -> dict[str, Any]:
    """Name what a search asks of the state: the point, its services, the user and the contract."""
    criteres = body["criteres"]
    return {
        "prm": criteres["pointId"],
        "services_of": criteres["pointId"],
        "login": body["loginUtilisateur"],
        "contrat_id": criteres["contratId"],
    }


def visible_services(faits: Faits, contrat_id: str) -> Sequence[ServiceFacts]:
    """Return the services of the contract, and the opposition of a C5; none of an unknown point.

    Of more than 200, the oldest are left out (the bound is the schema's, the choice assumed).
    """
    point = faits.point
    if point is None:
        return ()
    return [
        service
        for service in faits.services
        if service.contrat_id == contrat_id or (service.type == "OPPENR" and point.segment == "C5")
    ][-_MAX_SERVICES:]


def handle_acces(appel: Appel) -> Answer:
    """Answer one search."""
    faits = appel.faits
    check(RULES, RechercheServices(acces_of(appel, ACCES_DONNEES)), appel.disabled)
    services = visible_services(faits, appel.body["criteres"]["contratId"])
    return Answer(
        acces_found(faits.point, services, faits.contrat),
        point_id=appel.body["criteres"]["pointId"],
        login=appel.body["loginUtilisateur"],
    )


ACCES_DONNEES = Service(
    nom="RechercheServicesAccesDonnees",
    version="1.0",
    package="Commande",
    codes=CODES_RECHERCHE,
    depuis="26.1",
    existence=SECOND_GENERATION,
    rules=RULES,
    asks=asks_recherche,
    handle=handle_acces,
    catches_up=True,
)


def handle_mesures(appel: Appel) -> Answer:
    """Answer one search; what the platform being played doesn't list isn't there."""
    faits = appel.faits
    check(RULES, RechercheServices(acces_of(appel, SOUSCRITS_MESURES)), appel.disabled)
    services = visible_services(faits, appel.body["criteres"]["contratId"])
    if is_empty(appel.ecart(SOUSCRITS_MESURES, faits.point)):
        services = ()
    return Answer(
        mesures_found(faits.point, services),
        point_id=appel.body["criteres"]["pointId"],
        login=appel.body["loginUtilisateur"],
    )


SOUSCRITS_MESURES = Service(
    nom="RechercheServicesSouscritsMesures",
    version="1.0",
    package="Commande",
    codes=CODES_RECHERCHE,
    existence=first_generation("RechercheServicesAccesDonnees"),
    rules=RULES,
    asks=asks_recherche,
    handle=handle_mesures,
    catches_up=True,
)
