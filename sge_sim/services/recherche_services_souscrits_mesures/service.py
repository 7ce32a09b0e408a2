"""RechercheServicesSouscritsMesures: checks the rules, lists the services of a point."""

from sge_sim.domaine.generations import first_generation
from sge_sim.refus import check
from sge_sim.services.ecarts import is_empty
from sge_sim.services.recherche_services_souscrits_mesures.answer import services_found
from sge_sim.services.recherche_services_souscrits_mesures.rules import RULES
from sge_sim.services.service import Appel, Service
from sge_sim.services.souscrits import CODES_RECHERCHE, read_recherche, visible_services
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one search; what the platform being played doesn't list isn't there."""
    recherche, faits = read_recherche(appel, SERVICE)
    check(RULES, recherche, appel.disabled)
    services = visible_services(faits, appel.body["criteres"]["contratId"])
    if is_empty(appel.ecart(SERVICE, faits.point)):
        services = ()
    return Answer(
        services_found(faits.point, services),
        point_id=appel.body["criteres"]["pointId"],
        login=appel.body["loginUtilisateur"],
    )


SERVICE = Service(
    nom="RechercheServicesSouscritsMesures",
    version="1.0",
    package="Commande",
    codes=CODES_RECHERCHE,
    existence=first_generation("RechercheServicesAccesDonnees"),
    rules=RULES,
    handle=handle,
)
