"""RechercheServicesSouscritsMesures: holds the rules, lists the services of a point."""

from collections.abc import Sequence

from sge_sim.commandes.echeances import run_due
from sge_sim.services.reading import read_acces
from sge_sim.services.recherche_services_souscrits_mesures.answer import services_found
from sge_sim.services.recherche_services_souscrits_mesures.rules import RULES, Recherche
from sge_sim.services.rule import check
from sge_sim.services.service import Appel, Service, c2_c4_unserved
from sge_sim.soap.endpoint import Answer
from sge_sim.store.commandes import ServiceSouscrit, services_of_point
from sge_sim.store.dataconnect import FicheServiceConsenti, read_services_consentis
from sge_sim.store.points import find_point
from sge_sim.store.prepared import Driver


def handle(appel: Appel) -> Answer:
    """Answer one search, with the states as they are at the instant of the call."""
    criteres, login = appel.body["criteres"], appel.body["loginUtilisateur"]
    recherche = Recherche(
        acces=read_acces(appel, SERVICE, login=login, contrat_id=criteres["contratId"])
    )
    check(RULES, recherche, appel.settings.disabled_rules)
    run_due(appel.session, appel.now)
    return Answer(
        services_found(
            _visible(appel, criteres["pointId"], criteres["contratId"]),
            _consented(appel, criteres["pointId"]),
            appel.today,
        ),
        point_id=criteres["pointId"],
        login=login,
    )


def _visible(appel: Appel, prm: str, contrat_id: str) -> Sequence[ServiceSouscrit]:
    """Return the services of the contract, and the opposition of a C5.

    The homologation platform answered nothing on a C2-C4 (observed 23.2, profile fidele).
    """
    point = find_point(appel.session, prm)
    if point is None or c2_c4_unserved(appel, point):
        return ()
    return [
        service
        for service in services_of_point(appel.session, prm)
        if service.contrat_id == contrat_id or (service.type == "OPPENR" and point.segment == "C5")
    ]


def _consented(appel: Appel, prm: str) -> Sequence[FicheServiceConsenti]:
    """Return what the client lets the calling actor read, through an application of Data Connect.

    A consent names no contract: it shows whichever of the actor's is asked for (assumed).
    """
    services = read_services_consentis(Driver.under(appel.session), prm)
    return [one for one in services if one.acteur_code == appel.demandeur.code]


SERVICE = Service(
    nom="RechercheServicesSouscritsMesures",
    version="1.0",
    paquet="Commande",
    faultstring="Erreur Technique RechercheServicesSouscritsMesures",
    codes=("SGT200", "SGT471", "SGT472", "SGT500", "SGT502", "SGT504", "SGT562"),
    rules=RULES,
    handle=handle,
    # It looks at states, and brings them up to the instant of the call first.
    writes=True,
)
