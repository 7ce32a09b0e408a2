"""CommandeServicesAccesDonnees: reads the order, checks the rules, opens the services."""

from sge_sim.commandes.acces import order_acces
from sge_sim.commandes.prestations import ACCES_PUBLIES, ACCES_SEUL, prestation_acces
from sge_sim.domaine.generations import SECOND_GENERATION
from sge_sim.refus import check
from sge_sim.services.acces_donnees import ASKER_CODES, COMMON_CODES, LIBELLES_ACCES, TYPES_DONNEES
from sge_sim.services.acces_donnees_offre import FLUX_PUBLIES, OFFER_CODES
from sge_sim.services.acces_donnees_point import POINT_CODES
from sge_sim.services.acces_donnees_reading import (
    answer_order,
    common_members,
    faits_of,
    read_consentement,
    read_options,
)
from sge_sim.services.commande_services_acces_donnees.answer import services_ordered
from sge_sim.services.commande_services_acces_donnees.demande import (
    DemandeServicesAcces,
    ServiceDemande,
)
from sge_sim.services.commande_services_acces_donnees.rules import RULES
from sge_sim.services.reading import read_commande, read_declaration
from sge_sim.services.service import Appel, Service
from sge_sim.soap.messages import Answer


def handle(appel: Appel) -> Answer:
    """Answer one order: all its services, or none."""
    general = appel.body["demande"]["donneesGenerales"]
    faits = faits_of(appel, general, general["contratId"])
    demande = DemandeServicesAcces(
        **common_members(appel, SERVICE, general, faits),
        consentement=read_consentement(general),
        date_fin=general.get("dateFin"),
        demandes=tuple(
            ServiceDemande(
                one["typeDonnees"],
                tuple(read_options(one["typeDonnees"], one.get("optionsPublication"))),
            )
            for one in appel.body["demande"]["servicesSouscrits"]["serviceSouscrit"]
        ),
    )
    check(RULES, demande, appel.disabled)
    commande = read_commande(appel, general, objet="SAD")
    declaration = read_declaration(
        general.get("declarationAccordClient", {}),
        soutirage=demande.sens == "SOUTIRAGE",
        injection=demande.sens == "INJECTION",
    )
    segment = demande.known_point.segment
    ordered = []
    for acces in demande.asked:
        prestation = prestation_acces(
            segment, acces.sens, acces.acces_type, publie=bool(acces.options)
        )
        affaire, service = order_acces(
            appel.session, commande, segment, acces, prestation, declaration
        )
        ordered.append((affaire, service, prestation))
    return answer_order(services_ordered(ordered), commande, [one[0] for one in ordered])


SERVICE = Service(
    nom="CommandeServicesAccesDonnees",
    version="1.0",
    package="Commande",
    codes=tuple(
        dict.fromkeys(
            (
                *COMMON_CODES,
                *ASKER_CODES,
                *("SGT401", "SGT4Q1", "SGT566", "SGT5O9", "SGT568", "SGT570"),
                *POINT_CODES,
                *OFFER_CODES,
            )
        )
    ),
    libelles=LIBELLES_ACCES,
    depuis="26.1",
    existence=SECOND_GENERATION,
    mesures=tuple(TYPES_DONNEES),
    flux=(*FLUX_PUBLIES, "NASS"),
    prestations=(ACCES_SEUL, *ACCES_PUBLIES),
    rules=RULES,
    handle=handle,
    writes=True,
)
