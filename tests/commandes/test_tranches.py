"""What is due happens in slices: short transactions, in the same order, whoever comes between."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lives import CURVE, DAYS, INDEX, LARGE, NOON, PRM, Lives
from sqlalchemy import select
from sqlalchemy.orm import Session
from state_kit import statements_of
from test_echeances import END, eventful, state

from sge_sim.clock import legal_date
from sge_sim.commandes import echeances
from sge_sim.commandes.echeances import catch_up_orders, transaction_on
from sge_sim.domaine.retombees import Retombees, Travail
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.tables import commandes
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.mesures import Collecte
from sge_sim.tables.retombees import measured

MANY = 120


def order_many(lives: Lives, count: int = MANY, prm: str = PRM) -> list[str]:
    """Order curves that start in a day and end in a month, each another service."""
    steps = [replace(CURVE, pas=f"PT{minutes}M", date_fin=END.date()) for minutes in range(count)]
    return [lives.order(each, delai=DAYS, prm=prm) for each in steps]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Give how many things happened in each transaction of the block."""
    happened: list[int] = []
    original, carry_on = Database.transaction, echeances._happen

    @contextmanager
    def transaction(self: Database) -> Iterator[Session]:
        with original(self) as session:
            happened.append(0)
            yield session

    def happen(*row: Any) -> Any:
        happened[-1] += 1
        return carry_on(*row)

    with monkeypatch.context() as changed:
        changed.setattr(Database, "transaction", transaction)
        changed.setattr(echeances, "_happen", happen)
        yield happened


def test_a_backlog_is_worked_off_by_short_transactions(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_many(lives)
    with counted(monkeypatch) as happened:
        assert catch_up_orders(lives.database, NOON + 2 * DAYS) == MANY
    assert len(happened) >= 2
    assert max(happened) <= 25
    assert catch_up_orders(lives.database, NOON + 2 * DAYS) == 0


def test_a_move_is_as_far_as_the_last_thing_that_happened(lives: Lives) -> None:
    lives.order(CURVE, delai=DAYS)
    retombees = Retombees(NOON, NOON + 9 * DAYS)
    for until, reached in ((NOON, NOON), (NOON + 2 * DAYS, NOON + DAYS)):
        catch_up_orders(lives.database, until)
        with lives.database.sessions() as session:
            travail = measured(session, Travail(1, "en_cours", NOON, retombees))
        assert travail.atteint == reached


def test_a_slow_machine_does_less_in_a_slice(lives: Lives, monkeypatch: pytest.MonkeyPatch) -> None:
    order_many(lives, 5)
    monkeypatch.setattr(echeances, "elapsed_ms", lambda _since: 1000.0)
    monkeypatch.setattr(Database, "let_others_work", lambda _self, _worked: None)
    with counted(monkeypatch) as happened:
        catch_up_orders(lives.database, NOON + 2 * DAYS)
    assert happened == [1, 1, 1, 1, 1]


def test_what_is_awaited_leaves_the_lock_alone_to_others(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_many(lives)
    left: list[float] = []
    monkeypatch.setattr(Database, "let_others_work", lambda _self, worked: left.append(worked))
    assert catch_up_orders(lives.database, NOON + 2 * DAYS, awaited=True) == MANY
    assert left == []
    assert catch_up_orders(lives.database, NOON + 400 * DAYS) > 25
    assert left != [], "what nobody waits for leaves the machine to others"


def test_a_slice_reads_and_writes_no_more_than_it_changes(lives: Lives) -> None:
    """The services of a point that differ are as many as it has; only what a service renews is
    ended by its start. What changes is written by the driver itself: the lock is held meanwhile."""
    order_many(lives)
    with statements_of(lives.database) as statements:
        assert catch_up_orders(lives.database, NOON + 2 * DAYS) == MANY
    assert {statement.partition(" ")[0] for statement, _ in statements} <= {"SELECT"}
    assert len(statements) < MANY / 2


def test_what_has_ended_on_a_point_slows_down_no_order(lives: Lives) -> None:
    with lives.database.reading() as connection:
        query = str(commandes._UNENDED._statement.compile(lives.database.engine))
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (PRM,)).fetchall()
    assert "ix_service_souscrit_en_cours" in str(plan)


@pytest.mark.parametrize("started", [False, True])
def test_a_service_that_ends_in_the_slice_that_starts_it_leaves_no_collection_open(
    lives: Lives, started: bool
) -> None:
    number = lives.order(replace(CURVE, date_fin=legal_date(NOON + 2 * DAYS)), delai=DAYS)
    if started:
        catch_up_orders(lives.database, NOON + DAYS)
    catch_up_orders(lives.database, NOON + 10 * DAYS)
    with lives.database.sessions() as session:
        mine = select(Collecte.debut, Collecte.fin).where(Collecte.service_souscrit_id == number)
        assert session.execute(mine).all() == [
            (legal_date(NOON + DAYS), legal_date(NOON + 2 * DAYS))
        ]


@contextmanager
def at_once(lives: Lives, folder: Path) -> Iterator[Lives]:
    """Give a copy in which all that is due by `END` has happened in one transaction."""
    with lives.database.reading() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{folder / 'at_once.db'}'")
    copy = Lives(Database(sqlite_url(folder / "at_once.db")))
    copy.until(END)
    yield copy
    copy.database.dispose()


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_slices_don_t_change_what_happens(
    lives: Lives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    """Renewals, ends, an opposition, a new holder and a termination that cross."""
    eventful(lives)
    monkeypatch.setattr(echeances, "_SLICE_ROWS", rows)
    with at_once(lives, tmp_path) as copy, counted(monkeypatch) as happened:
        catch_up_orders(lives.database, END)
        assert len(happened) > 1
        assert state(lives) == state(copy)


@pytest.mark.parametrize("stop", [1, 3, 6])
def test_a_stop_between_two_slices_and_one_within_lose_and_double_nothing(
    lives: Lives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    eventful(lives)
    monkeypatch.setattr(echeances, "_SLICE_ROWS", 1)
    happen = echeances._happen

    def killed(*row: Any) -> Any:
        happen(*row)
        raise KeyboardInterrupt

    with at_once(lives, tmp_path) as copy:
        asked = iter([True] * stop + [False] * 9)
        catch_up_orders(lives.database, END, carry_on=lambda: next(asked))
        assert state(lives) != state(copy)
        monkeypatch.setattr(echeances, "_happen", killed)
        with pytest.raises(KeyboardInterrupt):
            catch_up_orders(lives.database, END)
        monkeypatch.setattr(echeances, "_happen", happen)
        assert catch_up_orders(lives.database, END) > 0
        assert state(lives) == state(copy)


def test_a_call_does_what_is_due_on_its_point_alone_and_apart(lives: Lives) -> None:
    mine, other = lives.order(delai=DAYS), lives.order(INDEX, delai=DAYS, prm=LARGE)
    StoredClock(lives.database).freeze(NOON + 2 * DAYS)
    refused = pytest.raises(ZeroDivisionError)
    with refused, transaction_on(lives.database, PRM) as (session, now, _):
        assert now == NOON + 2 * DAYS
        service = session.get_one(ServiceSouscrit, mine)
        assert service.etat == "ACTIF"
        service.etat = "TERMINE"
        session.flush()
        raise ZeroDivisionError
    assert (lives.etat(mine), lives.etat(other)) == ("ACTIF", "DEMANDE")
    with transaction_on(lives.database, None) as (session, *_):
        assert session.get_one(ServiceSouscrit, other).etat == "DEMANDE"


@pytest.mark.parametrize("count", [3, MANY])
def test_what_is_due_on_a_point_is_worked_off_before_its_call(
    lives: Lives, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """In slices; a call waits for the lock once where little is due."""
    order_many(lives, count)
    StoredClock(lives.database).freeze(NOON + 2 * DAYS)
    with counted(monkeypatch) as happened, transaction_on(lives.database, PRM):
        pass
    assert sum(happened) == count
    assert max(happened) <= 25
    assert count == MANY or happened == [count]


def test_a_call_that_comes_between_two_slices_leaves_the_rest_right(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it makes happen on its point, the next slices find done."""
    numbers = [*order_many(lives, 5), *order_many(lives, 5, prm=LARGE)]
    StoredClock(lives.database).freeze(NOON + 2 * DAYS)
    monkeypatch.setattr(echeances, "_SLICE_ROWS", 2)
    slices = 0

    def carry_on() -> bool:
        nonlocal slices
        slices += 1
        if slices == 3:
            with transaction_on(lives.database, LARGE):
                pass
        return True

    assert catch_up_orders(lives.database, NOON + 2 * DAYS, carry_on=carry_on) < 10
    assert {lives.etat(number) for number in numbers} == {"ACTIF"}
    assert len(lives.collectes()) == 10
