"""RechercheServicesAccesDonnees: checks the rules, lists the services of a point."""

from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.refus import check
from sge_sim.services.acces import RechercheServices
from sge_sim.services.reading import acces_of
from sge_sim.services.recherche_services_acces_donnees.answer import services_found
from sge_sim.services.recherche_services_acces_donnees.rules import RULES
from sge_sim.services.service import Appel, Service
from sge_sim.services.souscrits import CODES_RECHERCHE, asks_recherche, visible_services
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one search."""
    faits = appel.faits
    check(RULES, RechercheServices(acces_of(appel, SERVICE)), appel.disabled)
    services = visible_services(faits, appel.body["criteres"]["contratId"])
    return Answer(
        services_found(faits.point, services, faits.contrat),
        point_id=appel.body["criteres"]["pointId"],
        login=appel.body["loginUtilisateur"],
    )


SERVICE = Service(
    nom="RechercheServicesAccesDonnees",
    version="1.0",
    paquet="Commande",
    codes=CODES_RECHERCHE,
    depuis="26.1",
    existence=SECOND_GENERATION,
    rules=RULES,
    asks=asks_recherche,
    handle=handle,
    catches_up=True,
)
