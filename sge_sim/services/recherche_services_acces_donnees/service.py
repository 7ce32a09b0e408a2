"""RechercheServicesAccesDonnees: checks the rules, lists the services of a point."""

from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.refus import check
from sge_sim.services.recherche_services_acces_donnees.answer import services_found
from sge_sim.services.recherche_services_acces_donnees.rules import RULES
from sge_sim.services.service import Appel, Service
from sge_sim.services.souscrits import CODES_RECHERCHE, read_recherche, visible_services
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one search."""
    recherche, faits = read_recherche(appel, SERVICE)
    check(RULES, recherche, appel.disabled)
    services = visible_services(faits, appel.body["criteres"]["contratId"])
    return Answer(
        services_found(faits.point, services, faits.contrat),
        point_id=appel.body["criteres"]["pointId"],
        login=appel.body["loginUtilisateur"],
    )


SERVICE = Service(
    nom="RechercheServicesAccesDonnees",
    version="1.0",
    package="Commande",
    codes=CODES_RECHERCHE,
    depuis="26.1",
    existence=SECOND_GENERATION,
    rules=RULES,
    handle=handle,
)
