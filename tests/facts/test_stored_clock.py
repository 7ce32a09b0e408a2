"""The clock that all the workers share."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from many_processes import PROCESSES
from sqlalchemy import URL

from sge_sim.clock import PARIS, Duree, machine_now
from sge_sim.commandes.moving_clock import advance_by, freeze_at, run_on
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import StoredClock, instant_within
from sge_sim.tables.ecritures import reach

NOON = datetime(2021, 6, 21, 12, 0, tzinfo=PARIS)
A_MOMENT = timedelta(seconds=5)


@pytest.fixture
def clock(database: Database) -> Iterator[StoredClock]:
    return StoredClock(database)


def test_a_new_clock_follows_the_machine(clock: StoredClock) -> None:
    assert clock.kind() == "real"
    assert abs(clock.now() - machine_now()) < A_MOMENT
    assert clock.now().tzinfo is PARIS


def test_a_frozen_clock_stands_still_until_it_follows_the_machine_again(
    clock: StoredClock,
) -> None:
    clock.freeze(NOON)
    assert clock.kind() == "frozen"
    assert clock.now() == clock.now() == NOON
    clock.follow_machine()
    assert clock.kind() == "real"
    assert abs(clock.now() - machine_now()) < A_MOMENT


def test_a_clock_started_at_an_instant_runs_on(clock: StoredClock) -> None:
    clock.run_from(NOON)
    first, second = clock.now(), clock.now()
    assert clock.kind() == "shifted"
    assert NOON <= first < second < NOON + A_MOMENT


def test_a_running_clock_advances_and_runs_on(clock: StoredClock) -> None:
    clock.change(advance_by(Duree(0, timedelta(days=6))))
    assert timedelta(0) <= clock.now() - machine_now() - timedelta(days=6) + A_MOMENT < 2 * A_MOMENT
    assert clock.kind() == "shifted"


def freeze_at_noon(url: URL) -> None:
    database = Database(url)
    StoredClock(database).freeze(NOON)
    database.dispose()


def test_what_a_process_sets_another_reads(database: Database, clock: StoredClock) -> None:
    assert clock.now() != NOON
    process = PROCESSES.Process(target=freeze_at_noon, args=(database.engine.url,))
    process.start()
    process.join()
    assert clock.now() == NOON


def test_the_instant_of_what_is_written_never_precedes_what_has_happened(
    database: Database, clock: StoredClock
) -> None:
    clock.freeze(NOON)
    with database.transaction() as session:
        assert instant_within(session) == NOON
        reach(session, NOON + timedelta(minutes=1))
    with database.transaction() as session:
        reach(session, NOON)
        assert instant_within(session) == NOON + timedelta(minutes=1)
        assert instant_within(session).tzinfo is PARIS


def test_a_clock_stops_no_earlier_than_what_has_happened(
    database: Database, clock: StoredClock
) -> None:
    """A machine's clock that goes back takes the one that runs with it: an order taken just before
    would be to come for as long as the clock stands still."""
    clock.run_from(NOON)
    happened = clock.now() + timedelta(minutes=1)
    with database.transaction() as session:
        reach(session, happened)
    stopped = clock.change(freeze_at()).fin
    assert clock.now() == stopped == happened
    assert stopped.tzinfo is PARIS
    assert clock.change(run_on).fin >= happened


def test_a_transaction_that_waited_reads_its_instant_afterwards(
    database: Database, clock: StoredClock
) -> None:
    clock.freeze(NOON)
    waiting, instants = Event(), []

    def write() -> None:
        waiting.set()
        with database.transaction() as session:
            instants.append(instant_within(session))

    with database.transaction() as session:
        instant_within(session)
        thread = Thread(target=write)
        thread.start()
        assert waiting.wait(10)
        thread.join(0.1)
        reach(session, NOON + timedelta(seconds=1))
    thread.join()
    assert instants == [NOON + timedelta(seconds=1)]
