"""CommandeArretServiceSouscritMesures: finds the service, holds the rules, stops it."""

from sge_sim.commandes.echeances import run_due
from sge_sim.commandes.vie import stop
from sge_sim.services.commande_arret_service_souscrit_mesures.answer import service_stopped
from sge_sim.services.commande_arret_service_souscrit_mesures.rules import (
    RULES,
    UNREACHABLE,
    Demande,
)
from sge_sim.services.reading import read_acces
from sge_sim.services.rule import check
from sge_sim.services.service import Appel, Service
from sge_sim.soap.endpoint import Answer
from sge_sim.store.commandes import find_service, lock_point


def handle(appel: Appel) -> Answer:
    """Answer one stop: done at once, unless a meter has to be reached and that takes time."""
    general = appel.body["demande"]["donneesGenerales"]
    prm, login = general["pointId"], general["initiateurLogin"]
    point = lock_point(appel.session, prm)
    run_due(appel.session, appel.now)
    souscrit = find_service(
        appel.session, appel.body["demande"]["arretServiceSouscrit"]["serviceSouscritId"]
    )
    demande = Demande(
        acces=read_acces(appel, SERVICE, login=login, contrat_id=general["contratId"]),
        objet_code=general["objetCode"],
        souscrit=souscrit if souscrit is not None and souscrit.prm == prm else None,
        ecart=appel.ecart(SERVICE, point),
    )
    check(RULES, demande, appel.settings.disabled_rules)
    stop(demande.known, appel.now, appel.settings.delai_activation)
    run_due(appel.session, appel.now)
    return Answer(service_stopped(), point_id=prm, login=login)


SERVICE = Service(
    nom="CommandeArretServiceSouscritMesures",
    version="1.0",
    paquet="Commande",
    codes=(
        *("SGT200", "SGT471", "SGT472", "SGT4L2", "SGT4O2", "SGT4O3", "SGT4O4", "SGT4O5"),
        *("SGT4O6", "SGT4O7", "SGT500", "SGT502", "SGT504", "SGT562", "SGT589"),
    ),
    rules=RULES,
    handle=handle,
    unreachable=UNREACHABLE,
    writes=True,
)
