"""`/address`, `/connection`, `/contract`, `/contract_summary`: contract data of a point held.

They say what Data Connect's interfaces of 2026 say of a point, for all the points of the account,
also those whose measures fail (observed 2026).
"""

from collections.abc import Mapping
from typing import Final

from sge_sim.dataconnect.exchange import RestAnswer, RestBackend, RestExchange, json_answer
from sge_sim.entreprises.acces import is_described, let_holder_in, read_held
from sge_sim.entreprises.rules import DE_CONTRATS
from sge_sim.referentiel.fiche_rest import data_of_holder
from sge_sim.tables.dataconnect import read_nom_acteur

CONTEXTES: Final[Mapping[str, tuple[str, str, str]]] = {
    "address": ("customer_adress", "donnees_generales_auto", "Adresse"),
    "connection": ("customer_connection", "alimentation_auto", "Connexion"),
    "contract": ("customer_contract", "situation_contrat_auto", "Situation contractuelle"),
    "contract_summary": (
        *("customer_contract_summary", "synth_contrat_auto", "Synthese contractuelle"),
    ),
}
"""The four, by where they begin: the title, the interface of Data Connect that says the same, what
a 404 names (`Synthese` is written so)."""


def answer_contexte(backend: RestBackend, exchange: RestExchange, nom: str, prm: str) -> RestAnswer:
    """Answer one of `CONTEXTES` for a point; raises `Refus`."""
    titre, api, absent = CONTEXTES[nom]
    compte = let_holder_in(backend, exchange, titre, DE_CONTRATS)
    said = f"{absent} ou PRM non existant"
    point = read_held(exchange, prm, compte, DE_CONTRATS, libelle=said).point
    contractor = exchange.vue.ask(read_nom_acteur, point.fournisseur_titulaire or "")
    described = is_described(backend.settings)
    return json_answer(data_of_holder(api, point, contractor, described=described))
