"""CommandeArretServiceSouscritMesures: finds the service, checks the rules, stops it."""

from sge_sim.commandes.echeances import carry_out
from sge_sim.commandes.vie import stop
from sge_sim.domaine.plateformes import first_generation
from sge_sim.refus import check
from sge_sim.services.commande_arret_service_souscrit_mesures.demande import DemandeArretMesures
from sge_sim.services.commande_arret_service_souscrit_mesures.rules import RULES, UNREACHABLE_CODES
from sge_sim.services.reading import acces_of, general_facts
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.ecritures import write_at


def handle(appel: Appel) -> Answer:
    """Answer one stop: done at once, unless a meter has to be reached and that takes time.

    The response is empty: this version transmits neither case nor prestation.
    """
    general = appel.body["demande"]["donneesGenerales"]
    prm, login = general["pointId"], general["initiateurLogin"]
    numero = appel.body["demande"]["arretServiceSouscrit"]["serviceSouscritId"]
    souscrit, point = appel.faits.service, appel.faits.point
    demande = DemandeArretMesures(
        acces=acces_of(appel, SERVICE),
        objet_code=general["objetCode"],
        souscrit=souscrit if souscrit is not None and souscrit.prm == prm else None,
        point=point,
        ecart=appel.ecart(SERVICE, point),
    )
    check(RULES, demande, appel.disabled)
    service: ServiceSouscrit = appel.session.get_one(ServiceSouscrit, numero)
    stop(service, appel.now, appel.settings.delai_activation)
    carry_out(appel.session, (service,), appel.now)
    write_at(appel.session, appel.now)
    return Answer({}, point_id=prm, login=login)


SERVICE = Service(
    nom="CommandeArretServiceSouscritMesures",
    version="1.0",
    package="commande",
    codes=(
        *("SGT200", "SGT471", "SGT472", "SGT4L2", "SGT4O2", "SGT4O3", "SGT4O4", "SGT4O5"),
        *("SGT4O6", "SGT4O7", "SGT500", "SGT502", "SGT504", "SGT562", "SGT589"),
    ),
    existence=first_generation("CommandeArretServicesAccesDonnees"),
    rules=RULES,
    asks=lambda body, _: {
        **general_facts(body["demande"]["donneesGenerales"]),
        "service": body["demande"]["arretServiceSouscrit"]["serviceSouscritId"],
    },
    handle=handle,
    unreachable=UNREACHABLE_CODES,
    writes=True,
)
