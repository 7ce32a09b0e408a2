"""CommandeTransmissionHistoriqueMesures: reads the order, checks the rules, opens the case."""

from decimal import Decimal
from typing import Any, Final

from sge_sim.commandes.demandes import Historique, order_historique
from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.ecarts_plateforme import Usage
from sge_sim.refus import check
from sge_sim.services.acces import PACKAGE_SGT402
from sge_sim.services.commande_transmission_historique_mesures.demande import (
    DemandeTransmissionHistorique,
)
from sge_sim.services.commande_transmission_historique_mesures.rules import RULES, UNREACHABLE_CODES
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


def history_ordered(affaire: Affaire, prestation: Prestation) -> Tree:
    """Return the response; its header, unlike that of Collecte, doesn't repeat the case."""
    return {"affaireId": affaire.affaire_id, "prestations": {"prestation": [ranked(prestation)]}}


COURBE: Final = Prestation("F380", "Transmission de l'historique de courbe de charge")
INDEX: Final = Prestation(
    "F385B",
    "Transmission des historiques de consommations ou des historiques d'index quotidiens et "
    "puissance maximale quotidienne",
    "F385BO2",
    "Transmission des historiques d'index quotidiens et puissance maximale quotidienne",
)
"""The lines of the catalogue of services (observed 2022)."""


def handle(appel: Appel) -> Answer:
    """Answer one order."""
    general = appel.body["demande"]["donneesGenerales"]
    asked = appel.body["demande"]["historiqueMesures"]
    demande = _read(appel, general, asked)
    check(RULES, demande, appel.disabled)
    prestation = COURBE if demande.mesures_type == "CDC" else INDEX
    affaire = order_historique(
        appel.session,
        appel.faits.numeros,
        read_commande(appel, general, reference="refFrn"),
        Historique(
            mesures_type=demande.mesures_type,
            date_debut=demande.date_debut,
            date_fin=demande.date_fin,
            corrigees=demande.corrigees,
        ),
        prestation,
        read_declaration(asked["declarationAccordClient"], soutirage=True, injection=False),
    )
    return Answer(history_ordered(affaire, prestation), point_id=affaire.prm, login=affaire.login)


def _read(appel: Appel, general: Tree, asked: Tree) -> DemandeTransmissionHistorique:
    declaration = asked["declarationAccordClient"]
    faits = appel.faits
    return DemandeTransmissionHistorique(
        acces=acces_of(appel, SERVICE),
        point=faits.point,
        entete=bool(appel.header),
        entete_required=(
            appel.settings.entete_historique_required
            or Usage.ENTETE_HISTORIQUE in appel.plateforme.usages
        ),
        objet_code=general["objetCode"],
        date_debut=asked["dateDebut"],
        date_fin=asked["dateFin"],
        accord=declaration["accordClient"],
        personne="personnePhysique" in declaration or "personneMorale" in declaration,
        civilite_connue=has_known_civilite(declaration),
        secteur=declaration.get("personneMorale", {}).get("secteurActiviteCode"),
        mesures_type=asked["mesureType"],
        corrigees=asked["mesureCorrigee"],
        pas_envoye="pasCdc" in asked,
        pas=_minutes(asked.get("pasCdc")),
        collectes=() if faits.dossier is None else faits.dossier.mesures.collectes,
        tout_required=appel.settings.historique_refused,
    )


def _minutes(pas: Any) -> Decimal | None:
    """Return a step in minutes; the guide names no other unit."""
    return pas["valeur"] if pas is not None and pas["unite"] == "min" else None


SERVICE = Service(
    nom="CommandeTransmissionHistoriqueMesures",
    version="1.0",
    package="historique",
    jusqu_a="23.2",
    codes=(
        *("SGT402", "SGT471", "SGT472", "SGT473", "SGT488", "SGT4K1", "SGT4K2", "SGT4K4"),
        *("SGT4L1", "SGT4L2", "SGT4L3", "SGT4L4", "SGT4L5", "SGT4L6", "SGT4L7", "SGT4L8"),
        *("SGT4L9", "SGT4M1", "SGT4M2", "SGT4M3", "SGT4M4", "SGT4M5", "SGT4M6", "SGT4M7"),
        *("SGT4M8", "SGT4M9", "SGT4N1", "SGT500", "SGT562", "SGT566"),
    ),
    mesures=("CDC", "IDX"),
    flux=("HDM",),
    prestations=(COURBE, INDEX),
    needs_header=True,
    habilitation=PACKAGE_SGT402,
    rules=RULES,
    asks=lambda body, _: general_facts(body["demande"]["donneesGenerales"]),
    handle=handle,
    unreachable=UNREACHABLE_CODES,
    writes=True,
)
