"""How long the orders that give a file once take."""

from datetime import timedelta
from typing import Any

import pytest
from lives import CONTRAT, DAY, DAYS, DECLARATION, LARGE, NOON, PRM, TIERS
from state_kit import numeros_within

from sge_sim.clock import Duree, later
from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.demandes import Historique, InfraJ, order_historique, order_infra_j
from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.facts.database import Database

THREE_WORKING_DAYS = Delai(jours_ouvres=3)
TEN_MINUTES = Delai(Duree(0, timedelta(minutes=10)))


def due(database: Database, order: Any, prm: str, delai: Delai, *asked: Any) -> Any:
    """Order; return when the case is due, or when it was closed."""
    commande = Commande(prm, TIERS, CONTRAT, "a@b.fr", "AME", None, NOON, delai)
    with database.transaction() as session:
        affaire = order(session, numeros_within(session), commande, *asked)
        return affaire.echeance or affaire.closed_at


def infra_j_due(database: Database, delai: Delai) -> Any:
    asked = InfraJ(injection=False, soutirage=True, cdc=True, idx=False, ptd=False)
    line = Prestation("F375A", "Infra-journalier")
    return due(database, order_infra_j, LARGE, delai, asked, line, [DECLARATION])


def historique_due(database: Database, delai: Delai) -> Any:
    asked = Historique("CDC", DAY - 30 * DAYS, DAY, False)
    line = Prestation("F380", "Historique")
    return due(database, order_historique, PRM, delai, asked, line, DECLARATION)


@pytest.mark.documented("V26.2: infra-daily data come in less than 30 minutes")
def test_infra_daily_data_never_wait_for_the_standard_delay(database: Database) -> None:
    assert NOON < infra_j_due(database, THREE_WORKING_DAYS) < later(NOON, timedelta(minutes=30))
    assert infra_j_due(database, TEN_MINUTES) == later(NOON, timedelta(minutes=10))
    assert infra_j_due(database, Delai()) == NOON


@pytest.mark.assumed("a history takes some hours")
def test_a_history_takes_hours_not_days(database: Database) -> None:
    due = historique_due(database, THREE_WORKING_DAYS)
    assert later(NOON, timedelta(hours=1)) <= due < later(NOON, DAYS)
    assert historique_due(database, Delai()) == NOON
