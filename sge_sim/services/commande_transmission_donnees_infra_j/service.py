"""CommandeTransmissionDonneesInfraJ: reads the demand, checks the rules, opens the case."""

from typing import Final

from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.demandes import InfraJ, is_in_progress, order_infra_j
from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.nomenclatures import PRODUCTEURS
from sge_sim.refus import check
from sge_sim.services.acces import PACKAGE_SGT402
from sge_sim.services.commande_transmission_donnees_infra_j.demande import DemandeTransmissionInfraJ
from sge_sim.services.commande_transmission_donnees_infra_j.rules import RULES
from sge_sim.services.reading import (
    acces_of,
    general_facts,
    has_known_civilite,
    read_commande,
    read_declaration,
)
from sge_sim.services.service import Appel, Service
from sge_sim.services.trees import ranked
from sge_sim.soap.messages import Answer
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire


def demand_accepted(affaire: Affaire, prestation: Prestation) -> Tree:
    """Return the response; `demandeId` is found again in the name of the IFJ file."""
    return {"demandeId": affaire.affaire_id, "prestations": {"prestation": [ranked(prestation)]}}


_LIBELLE = "Transmission infra-journalière des données du compteur"
CONSOMMATEUR: Final = Prestation("F375A", _LIBELLE)
PRODUCTEUR: Final = Prestation("P375A", _LIBELLE)
"""The lines of the catalogue of services (GUI 0481 §4; label of producers assumed)."""


def handle(appel: Appel) -> Answer:
    """Answer one demand."""
    general = appel.body["demande"]["donneesGenerales"]
    commande = read_commande(appel, general)
    demande = _read(appel, commande, appel.body["demande"]["accesDonnees"])
    check(RULES, demande, appel.disabled)
    producteur = demande.known_point.segment in PRODUCTEURS
    prestation = PRODUCTEUR if producteur else CONSOMMATEUR
    affaire = order_infra_j(
        appel.session, appel.faits.numeros, commande, demande.infra_j, prestation, demande.accords
    )
    return Answer(demand_accepted(affaire, prestation), point_id=affaire.prm, login=affaire.login)


def _read(appel: Appel, commande: Commande, asked: Tree) -> DemandeTransmissionInfraJ:
    faits = appel.faits
    declarations = asked["declarationAccordClient"]
    infra_j = InfraJ(
        **{name: asked[name] for name in ("injection", "soutirage", "cdc", "idx", "ptd")}
    )
    return DemandeTransmissionInfraJ(
        acces=acces_of(appel, SERVICE),
        ecart=appel.ecart(SERVICE, faits.point),
        point=faits.point,
        objet_code=commande.objet,
        civilites_connues=all(map(has_known_civilite, declarations)),
        accords=[
            read_declaration(
                declaration, soutirage=declaration["soutirage"], injection=declaration["injection"]
            )
            for declaration in declarations
            if declaration["accordClient"]
        ],
        infra_j=infra_j,
        en_cours=is_in_progress(appel.session, commande, infra_j),
    )


SERVICE = Service(
    nom="CommandeTransmissionDonneesInfraJ",
    version="1.0",
    package="infrajournalier",
    codes=(
        *("SGT200", "SGT402", "SGT445", "SGT466", "SGT471", "SGT472", "SGT473", "SGT476"),
        *("SGT4B2", "SGT4M6", "SGT4M7", "SGT4N8", "SGT4O1", "SGT500", "SGT562", "SGT566"),
        *("SGT584", "SGT585"),
    ),
    mesures=("cdc", "idx", "ptd"),
    flux=("IFJ",),
    prestations=(CONSOMMATEUR, PRODUCTEUR),
    habilitation=PACKAGE_SGT402,
    rules=RULES,
    asks=lambda body, _: general_facts(body["demande"]["donneesGenerales"]),
    handle=handle,
    writes=True,
)
