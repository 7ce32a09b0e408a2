"""CommandeArretServicesAccesDonnees: finds the services, checks the rules, stops them."""

from sge_sim.commandes.acces import stop_services
from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.refus import check
from sge_sim.services.acces_donnees import ASKER_CODES, COMMON_CODES
from sge_sim.services.acces_donnees_designes import NAMED_CODES
from sge_sim.services.acces_donnees_reading import (
    answer_order,
    common_members,
    faits_of,
    numeros_of,
)
from sge_sim.services.commande_arret_services_acces_donnees.answer import services_stopped
from sge_sim.services.commande_arret_services_acces_donnees.demande import DemandeArretAcces
from sge_sim.services.commande_arret_services_acces_donnees.rules import RULES
from sge_sim.services.reading import read_commande
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.tables.acces import get_services


def handle(appel: Appel) -> Answer:
    """Answer one stop: all the services, or none; a number given twice counts once."""
    general = appel.body["demande"]["donneesGenerales"]
    faits = faits_of(appel, general, general["contratId"])
    demande = DemandeArretAcces(
        **common_members(appel, SERVICE, general, faits),
        numeros=numeros_of(appel),
    )
    check(RULES, demande, appel.disabled)
    commande = read_commande(appel, general, objet="ASAD")
    services = get_services(appel.session, demande.numeros)
    affaires = stop_services(appel.session, commande, services)
    return answer_order(services_stopped(demande.numeros, affaires), commande, affaires)


SERVICE = Service(
    nom="CommandeArretServicesAccesDonnees",
    version="1.0",
    package="Commande",
    codes=(*COMMON_CODES, *ASKER_CODES, "SGT401", *NAMED_CODES, "SGT589"),
    depuis="26.1",
    existence=SECOND_GENERATION,
    rules=RULES,
    remarques=(
        "A service of the former orders (CCDC, TRANSREC) is stopped too, though GUI 0531 v1.1.0 "
        "§5.3.1.4 names access services and the opposition alone: it succeeds to the service that "
        "stopped them (assumed).",
        "The same number twice in one demand counts once and succeeds (what the platform does is "
        "unknown).",
        "The days measured before the stop of a recurrent transmission that weren't sent yet never "
        "are (assumed), unless `--publie-avant-arret`.",
    ),
    handle=handle,
    writes=True,
)
