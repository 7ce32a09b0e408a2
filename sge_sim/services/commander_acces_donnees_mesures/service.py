"""CommanderAccesDonneesMesures: reads, checks the rules, opens or prolongs the service."""

from sge_sim.commandes.acces import order_acces, renew_acces
from sge_sim.commandes.prestations import ACCES
from sge_sim.domaine.generations import OUVERTURE_ACCES, first_generation
from sge_sim.refus import check
from sge_sim.services.acces_donnees import ASKER_CODES, COMMON_CODES, LIBELLES_ACCES, TYPES_DONNEES
from sge_sim.services.acces_donnees_point import POINT_CODES
from sge_sim.services.acces_donnees_reading import answer_order, faits_of, read_consentement
from sge_sim.services.commander_acces_donnees_mesures.answer import acces_ordered
from sge_sim.services.commander_acces_donnees_mesures.demande import DemandeAccesMesures
from sge_sim.services.commander_acces_donnees_mesures.rules import RULES
from sge_sim.services.reading import acces_of, read_commande, read_declaration
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.tables.acces import get_services


def handle(appel: Appel) -> Answer:
    """Answer one order; the same with a later end prolongs the service."""
    general = appel.body["demande"]["donneesGenerales"]
    asked = appel.body["demande"]["accesDonnees"]
    contrat_id = general["contrat"].get("contratId", "")
    faits = faits_of(appel, general, contrat_id)
    demande = DemandeAccesMesures(
        acces=acces_of(appel, SERVICE, faits),
        point=faits.point,
        services=faits.services,
        objet_code=general["objetCode"],
        contrat_type=general["contrat"].get("contratType"),
        contrat_id=contrat_id,
        sens="SOUTIRAGE" if asked.get("soutirage") else "INJECTION",
        date_debut=asked["dateDebut"],
        date_fin=asked.get("dateFin"),
        consentement=read_consentement(asked),
        type_donnees=asked["typeDonnees"],
        soutirage=asked.get("soutirage", False),
        injection=asked.get("injection", False),
        ecart=appel.ecart(SERVICE, faits.point),
    )
    check(RULES, demande, appel.disabled)
    commande = read_commande(appel, general, contrat_id=contrat_id)
    declaration = read_declaration(
        asked["declarationAccordClient"], soutirage=demande.soutirage, injection=demande.injection
    )
    acces, segment = demande.asked, demande.known_point.segment
    if demande.identical is None:
        affaire, service = order_acces(appel.session, commande, segment, acces, ACCES, declaration)
    else:
        (service,) = get_services(appel.session, (demande.identical.service_souscrit_id,))
        affaire = renew_acces(appel.session, commande, service, acces.date_fin, declaration)
    body = acces_ordered(affaire, service.service_souscrit_id, ACCES)
    return answer_order(body, commande, [affaire])


SERVICE = Service(
    nom="CommanderAccesDonneesMesures",
    version="1.0",
    package="Commande",
    codes=(
        *(*COMMON_CODES, *ASKER_CODES, "SGT401", "SGT463", "SGT4Q1", "SGT583", "SGT566"),
        *("SGT4H1", "SGT5O9", "SGT568", *POINT_CODES, "SGT4H8", "SGT570"),
        *("SGT400", "SGT4B8", "SGT506"),
    ),
    libelles=LIBELLES_ACCES,
    depuis="23.2",
    par_seconde=10,
    faultstring="Erreur Technique Mesures",
    existence=first_generation("CommandeServicesAccesDonnees", OUVERTURE_ACCES),
    mesures=tuple(TYPES_DONNEES),
    flux=("NASS",),
    prestations=(ACCES,),
    rules=RULES,
    handle=handle,
    writes=True,
)
