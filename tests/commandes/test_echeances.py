"""All that is due: in order, once, whatever the steps in which the time goes by."""

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lives import CURVE, DAY, DAYS, INDEX, LARGE, NOON, Lives
from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.commandes import echeances, vie
from sge_sim.commandes.echeances import catch_up_orders, run_due
from sge_sim.facts.database import Database
from sge_sim.tables.attentes import due
from sge_sim.tables.commandes import Affaire, ServiceSouscrit

END = NOON + 90 * DAYS


def eventful(lives: Lives) -> None:
    """Orders whose lives cross: renewals, ends, an opposition, a new holder, a termination."""
    three = 3 * DAYS
    lives.order(delai=three)
    lives.order(INDEX, delai=three)
    lives.order(replace(CURVE, recurrente=False, corrigees=None, periodicite=None))
    lives.order(replace(CURVE, date_fin=date(2025, 10, 1)), delai=4 * DAYS)
    lives.order(replace(INDEX, date_debut=date(2025, 8, 20), date_fin=None), prm=LARGE)
    lives.change(NOON, nouveau_titulaire=date(2025, 9, 12))
    lives.change(NOON, resilie=date(2025, 9, 20), prm=LARGE)
    lives.change(NOON, opposition=True, delai=20 * DAYS)


def state(lives: Lives) -> list[Any]:
    return [lives.all(), lives.collectes(), lives.opposed()]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.integers(1, 40 * 24), max_size=8))
def test_the_steps_of_time_don_t_change_what_happens(
    database: Database, tmp_path: Path, steps: list[int]
) -> None:
    file = tmp_path / "sge-sim.db"
    database.dispose()
    for copy in ("at_once.db", "step_by_step.db"):
        shutil.copy(file, tmp_path / copy)
    at_once, stepped = (
        Lives(Database(f"sqlite:///{tmp_path / copy}"))
        for copy in ("at_once.db", "step_by_step.db")
    )
    for lives in (at_once, stepped):
        eventful(lives)
    at_once.until(END)
    for hours in sorted(steps):
        stepped.until(NOON + timedelta(hours=hours))
    stepped.until(END)
    assert state(stepped) == state(at_once)
    for lives in (at_once, stepped):
        lives.database.dispose()


def test_what_is_due_happens_once(lives: Lives) -> None:
    eventful(lives)
    assert lives.until(END) > 0
    before = state(lives)
    assert lives.until(END) == 0
    assert state(lives) == before


def test_a_stop_in_the_middle_is_made_up_for(lives: Lives) -> None:
    def stopped_in_the_middle() -> None:
        with lives.database.transaction() as session:
            run_due(session, END)
            raise KeyboardInterrupt

    eventful(lives)
    before = state(lives)
    with pytest.raises(KeyboardInterrupt):
        stopped_in_the_middle()
    assert state(lives) == before
    catch_up_orders(lives.database, END)
    ends = [service["etat"] for service in lives.all()]
    assert set(ends) == {"TERMINE"}


def test_services_that_end_together_end_in_the_order_of_their_numbers(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the database hands them out."""
    ended = []
    end = vie.end

    def note(session: Session, service: ServiceSouscrit, *rest: Any) -> None:
        ended.append(service.service_souscrit_id)
        end(session, service, *rest)

    monkeypatch.setattr(vie, "end", note)
    monkeypatch.setattr(echeances, "due", lambda *asked: due(*asked)[::-1])
    numbers = [
        lives.order(replace(CURVE, periodicite=each, pas=step))
        for each in ("P1D", "P1M")
        for step in ("PT10M", "PT30M")
    ]
    assert lives.until(NOON + 60 * DAYS) == 4
    assert ended == numbers
    assert [lives.service(number)["ended_at"] for number in numbers] == [
        lives.service(numbers[0])["ended_at"]
    ] * 4


def test_numbers_are_given_once_and_grow(lives: Lives) -> None:
    numbers = [lives.order(replace(CURVE, pas=f"PT{minutes}M")) for minutes in range(10, 20)]
    assert numbers == sorted(set(numbers))
    assert all(len(number) == 8 and number.isdigit() for number in numbers)
    with lives.database.sessions() as session:
        affaires = session.scalars(select(Affaire.affaire_id).order_by(Affaire.opened_at)).all()
    assert len(set(affaires)) == len(affaires) == 10
    assert all(len(affaire) == 8 and affaire.startswith("M0") for affaire in affaires)


@pytest.mark.observed("2022: seven digits; one per contract, kind of measures and frequency")
def test_a_subscription_number_groups_a_contract_and_a_frequency(lives: Lives) -> None:
    same = [lives.order(replace(CURVE, pas=step)) for step in ("PT10M", "PT30M")]
    other = lives.order(replace(CURVE, periodicite="P1M"))
    index = lives.order(INDEX)
    numbers = [lives.service(each)["abonnement_numero"] for each in (*same, other, index)]
    assert numbers[0] == numbers[1]
    assert len(set(numbers)) == 3
    assert all(len(str(number)) == 7 for number in numbers)


def test_nothing_is_written_where_nothing_is_due(lives: Lives) -> None:
    lives.order(replace(CURVE, date_debut=DAY))
    writes = []
    database = lives.database
    original = database.transaction
    database.transaction = lambda: writes.append(1) or original()  # type: ignore[method-assign,func-returns-value]
    catch_up_orders(database, NOON + DAYS)
    assert writes == []
