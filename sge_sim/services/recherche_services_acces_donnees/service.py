"""RechercheServicesAccesDonnees: holds the rules, lists the services of a point."""

from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.services.reading import acces_of
from sge_sim.services.recherche_services_acces_donnees.answer import services_found
from sge_sim.services.recherche_services_acces_donnees.demande import Recherche
from sge_sim.services.recherche_services_acces_donnees.rules import RULES
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
        services_found(faits.point, _visible(faits, criteres["contratId"]), faits.contrat),
        point_id=criteres["pointId"],
        login=login,
    )


def _visible(faits: Faits, contrat_id: str) -> list[FicheService]:
    """Return the services of the contract, and the opposition of a C5."""
    on_c5 = faits.point is not None and faits.point.segment == "C5"
    return [
        one
        for one in faits.services
        if one.contrat_id == contrat_id or (one.type == "OPPENR" and on_c5)
    ]


SERVICE = Service(
    nom="RechercheServicesAccesDonnees",
    version="1.0",
    paquet="Commande",
    codes=("SGT200", "SGT471", "SGT472", "SGT500", "SGT502", "SGT504", "SGT562"),
    depuis="26.1",
    existence=SECOND_GENERATION,
    rules=RULES,
    handle=handle,
)
