"""RechercheServicesSouscritsMesures: holds the rules, lists the services of a point."""

from collections.abc import Sequence

from sge_sim.domaine.generations import first_generation
from sge_sim.services.ecarts import is_empty
from sge_sim.services.reading import acces_of
from sge_sim.services.recherche_services_souscrits_mesures.answer import services_found
from sge_sim.services.recherche_services_souscrits_mesures.demande import Recherche
from sge_sim.services.recherche_services_souscrits_mesures.rules import RULES
from sge_sim.services.rule import check
from sge_sim.services.service import Appel, Service
from sge_sim.soap.operation import Answer
from sge_sim.store.fiches import FicheService
from sge_sim.store.lecture import Faits


def handle(appel: Appel) -> Answer:
    """Answer one search, with the states as they are at the instant of the call."""
    criteres, login = appel.body["criteres"], appel.body["loginUtilisateur"]
    appel.catch_up()
    faits = appel.lire(
        prm=criteres["pointId"],
        services_of=criteres["pointId"],
        login=login,
        contrat_id=criteres["contratId"],
    )
    recherche = Recherche(acces=acces_of(appel, SERVICE, faits))
    check(RULES, recherche, appel.settings.disabled_rules)
    return Answer(
        services_found(faits.point, _visible(appel, faits, criteres["contratId"])),
        point_id=criteres["pointId"],
        login=login,
    )


def _visible(appel: Appel, faits: Faits, contrat_id: str) -> Sequence[FicheService]:
    """Return the services of the contract, and the opposition of a C5; none if that is played."""
    point = faits.point
    if point is None or is_empty(appel.ecart(SERVICE, faits.point)):
        return ()
    return [
        service
        for service in faits.services
        if service.contrat_id == contrat_id or (service.type == "OPPENR" and point.segment == "C5")
    ]


SERVICE = Service(
    nom="RechercheServicesSouscritsMesures",
    version="1.0",
    paquet="Commande",
    codes=("SGT200", "SGT471", "SGT472", "SGT500", "SGT502", "SGT504", "SGT562"),
    existence=first_generation("RechercheServicesAccesDonnees"),
    rules=RULES,
    handle=handle,
)
