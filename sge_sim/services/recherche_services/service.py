"""Both searches of the services of a point: check the rules, list them.

An actor sees its own services; the opposition of the client of a C5 is seen by every actor.
"""

from collections.abc import Sequence
from typing import Any, Final

from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.domaine.plateformes import SECOND_GENERATION, first_generation
from sge_sim.refus import check
from sge_sim.services.ecarts import is_empty
from sge_sim.services.reading import acces_of
from sge_sim.services.recherche_services.answer import acces_found, mesures_found
from sge_sim.services.recherche_services.demande import RechercheServices
from sge_sim.services.recherche_services.rules import RULES
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.point_facts import Faits, ServiceFacts

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


def _search(appel: Appel, service: Service) -> Sequence[ServiceFacts]:
    """Check a search of one of the two, and return the services that it lists."""
    check(RULES, RechercheServices(acces_of(appel, service)), appel.disabled)
    return visible_services(appel.faits, appel.body["criteres"]["contratId"])


def _answer(appel: Appel, found: Tree) -> Answer:
    body = appel.body
    return Answer(found, point_id=body["criteres"]["pointId"], login=body["loginUtilisateur"])


def handle_acces(appel: Appel) -> Answer:
    """Answer one search."""
    services = _search(appel, ACCES_DONNEES)
    return _answer(appel, acces_found(appel.faits.point, services, appel.faits.contrat))


ACCES_DONNEES = Service(
    nom="RechercheServicesAccesDonnees",
    version="1.0",
    package="commande",
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
    services, point = _search(appel, SOUSCRITS_MESURES), appel.faits.point
    if is_empty(appel.ecart(SOUSCRITS_MESURES, point)):
        services = ()
    return _answer(appel, mesures_found(point, services))


SOUSCRITS_MESURES = Service(
    nom="RechercheServicesSouscritsMesures",
    version="1.0",
    package="commande",
    codes=CODES_RECHERCHE,
    existence=first_generation("RechercheServicesAccesDonnees"),
    rules=RULES,
    asks=asks_recherche,
    handle=handle_mesures,
    catches_up=True,
)
