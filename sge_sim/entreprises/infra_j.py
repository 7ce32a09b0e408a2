"""`/daily_metering_data_request/v2`: the data of the day, by the machinery of SGE's order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.demandes import InfraJ, is_in_progress, order_infra_j
from sge_sim.commandes.echeances import transaction_on
from sge_sim.dataconnect.exchange import (
    Corps,
    RestAnswer,
    RestBackend,
    RestExchange,
    json_answer,
    read_json,
)
from sge_sim.domaine.nomenclatures import COMPTEURS_TELERELEVES, PRODUCTEURS
from sge_sim.domaine.prm import PRM
from sge_sim.entreprises.acces import let_holder_in
from sge_sim.entreprises.rules import D_INFRA_J, INFRA_J
from sge_sim.refus import Control, Refus, check
from sge_sim.services.commande_transmission_donnees_infra_j import rules as sge
from sge_sim.services.commande_transmission_donnees_infra_j.service import CONSOMMATEUR, PRODUCTEUR
from sge_sim.services.ordres import fourniture_definitive, hors_regroupement_turpe
from sge_sim.tables.entreprises import read_canaux
from sge_sim.tables.point_facts import PointFacts

TITRE: Final = "infra_j"


def _boolean(text: Any) -> bool | None:
    return {"true": True, "false": False}.get(text) if isinstance(text, str) else None


Booleen = Annotated[bool, BeforeValidator(_boolean)]


class AccordTitulaire(Corps):
    """The agreement of a holder, as the caller declares it."""

    holder_name: str
    production_agreement: Booleen
    consumption_agreement: Booleen


class DemandeDuJour(Corps):
    """What is asked for; booleans are texts."""

    usage_point_Id: str
    holder_agreement_declaration: list[AccordTitulaire] = Field(min_length=1)
    contact_canal_id: str
    production: Booleen
    consumption: Booleen
    load_curve: Booleen
    index: Booleen
    dynamic_tarification_parameters: Booleen


@dataclass(frozen=True)
class DemandeInfraJRest:
    """The same, as rules look at it; they are SGE's own where they say the same."""

    known_point: PointFacts
    infra_j: InfraJ
    accords: Sequence[Declaration]
    en_cours: bool
    referent: bool


def _contracted(demande: DemandeInfraJRest, *both: str) -> bool:
    point, asked = demande.known_point, demande.infra_j
    return all(getattr(point, f"contrat_{sens}") or not getattr(asked, sens) for sens in both)


def _agreed(demande: DemandeInfraJRest, sens: str) -> bool:
    given = any(getattr(accord, sens) for accord in demande.accords)
    return given or not getattr(demande.infra_j, sens)


_HOLD: Final[Sequence[tuple[str, Callable[[Any], Any]]]] = (
    ("accord_en_injection", lambda demande: _agreed(demande, "injection")),
    ("accord_en_soutirage", lambda demande: _agreed(demande, "soutirage")),
    ("sens_precise", sge.sens_demande.holds),
    ("identique_recente", sge.sans_demande_identique_recente.holds),
    ("en_service", sge.etat_contractuel_admis.holds),
    (
        "comptage_standard",
        lambda demande: sum(not each.date_depose for each in demande.known_point.compteurs) < 2,
    ),
    ("raccordement_definitif", fourniture_definitive.holds),
    ("non_coupe", lambda demande: demande.known_point.etat_alimentation != "COUP"),
    ("pas_producteur", sge.soutirage_d_un_consommateur.holds),
    ("pas_fictif", hors_regroupement_turpe.holds),
    ("teleoperable", lambda demande: demande.known_point.teleoperable),
    ("comptage_libre", lambda demande: demande.known_point.operation_en_cours is None),
    ("point_alimente", lambda demande: demande.known_point.alimente),
    ("non_limite", lambda demande: demande.known_point.etat_alimentation != "LIMI"),
    ("boitier_ip", sge.media_ip.holds),
    ("si_contractuel", sge.segment_admis.holds),
    ("donnee_du_compteur", lambda d: d.infra_j.soutirage or not d.infra_j.ptd),
    ("type_admis", lambda d: d.known_point.type_comptage in COMPTEURS_TELERELEVES),
    ("titulaire_identifie", lambda demande: bool(demande.known_point.nom_client_final)),
    ("role_actif", lambda demande: _contracted(demande, "soutirage", "injection")),
    ("referent_du_point", lambda demande: demande.referent),
)
CONTROLS: Final[Sequence[Control[DemandeInfraJRest]]] = tuple(
    INFRA_J[nom].held_by(holds) for nom, holds in _HOLD
)
"""The order is that of the description."""


def answer_infra_j(backend: RestBackend, exchange: RestExchange) -> RestAnswer:
    """Take an order of the data of the day; raises `Refus`."""
    compte = let_holder_in(backend, exchange, TITRE, D_INFRA_J)
    asked = read_json(exchange, DemandeDuJour, INFRA_J["requete_conforme"])
    prm, canal = asked.usage_point_Id, asked.contact_canal_id
    said = (asked.load_curve, asked.index, asked.dynamic_tarification_parameters)
    connu = canal in exchange.vue.ask(read_canaux, compte.siren)
    if PRM.fullmatch(prm) is None or not (connu and any(said)):
        exchange.notes.append("point mal écrit, canal inconnu, ou aucune donnée demandée")
        raise Refus(INFRA_J["requete_conforme"])
    exchange.prm = prm
    infra_j = InfraJ(asked.production, asked.consumption, *said)
    accords = [
        Declaration(False, each.holder_name, each.consumption_agreement, each.production_agreement)
        for each in asked.holder_agreement_declaration
    ]
    login, delai = exchange.client.client_id, backend.settings.delai_activation
    with transaction_on(backend.database, prm, {"prm": prm}) as (session, now, faits):
        if faits.dossier is None:
            raise Refus(INFRA_J["requete_conforme"])
        point = faits.dossier.point
        commande = Commande(prm, compte.siren, canal, login, "AME", None, now, delai)
        referent = (point.siret or "")[:9] in compte.sirens or any(
            acces.acteur_code == compte.siren and acces.date_debut <= now.date()
            for acces in faits.dossier.acces
        )
        recente = is_in_progress(session, commande, infra_j)
        check(CONTROLS, DemandeInfraJRest(point, infra_j, accords, recente, referent))
        prestation = PRODUCTEUR if point.segment in PRODUCTEURS else CONSOMMATEUR
        affaire = order_infra_j(session, faits.numeros, commande, infra_j, prestation, accords)
        numero = affaire.affaire_id
    return json_answer({"request_Id": numero})
