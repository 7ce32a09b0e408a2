"""CommandeRenouvellementServicesAccesDonnees: finds the services, checks the rules, renews them."""

from sge_sim.commandes.acces import renew_acces
from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.refus import check
from sge_sim.services.acces_donnees import ASKER_CODES, COMMON_CODES, LIBELLES_ACCES
from sge_sim.services.acces_donnees_designes import NAMED_CODES
from sge_sim.services.acces_donnees_reading import (
    answer_order,
    common_members,
    faits_of,
    numeros_of,
    read_consentement,
)
from sge_sim.services.commande_renouvellement_services_acces_donnees.answer import services_renewed
from sge_sim.services.commande_renouvellement_services_acces_donnees.demande import (
    DemandeRenouvellement,
)
from sge_sim.services.commande_renouvellement_services_acces_donnees.rules import RULES
from sge_sim.services.reading import read_commande, read_declaration
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer
from sge_sim.tables.acces import get_services


def handle(appel: Appel) -> Answer:
    """Answer one renewal: all the services, or none; a number given twice counts once."""
    general = appel.body["demande"]["donneesGenerales"]
    faits = faits_of(appel, general, general["contratId"])
    demande = DemandeRenouvellement(
        **common_members(appel, SERVICE, general, faits),
        numeros=numeros_of(appel),
        consentement=read_consentement(general),
        date_fin=general.get("dateFin"),
    )
    check(RULES, demande, appel.disabled)
    commande = read_commande(appel, general, objet="RSAD")
    declaration = read_declaration(
        general.get("declarationAccordClient", {}),
        soutirage=demande.sens == "SOUTIRAGE",
        injection=demande.sens == "INJECTION",
    )
    affaires = [
        renew_acces(appel.session, commande, service, demande.date_fin, declaration)
        for service in get_services(appel.session, demande.numeros)
    ]
    return answer_order(services_renewed(demande.numeros, affaires), commande, affaires)


SERVICE = Service(
    nom="CommandeRenouvellementServicesAccesDonnees",
    version="1.0",
    package="Commande",
    codes=(
        *(*COMMON_CODES, *ASKER_CODES, "SGT401", "SGT566", *NAMED_CODES),
        *("SGT5O9", "SGT568", "SGT569"),
    ),
    libelles=LIBELLES_ACCES,
    depuis="26.1",
    existence=SECOND_GENERATION,
    rules=RULES,
    handle=handle,
    writes=True,
)
