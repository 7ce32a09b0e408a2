"""How far back a start may take the clock: not before what has happened in the folder."""

from datetime import UTC, datetime

import pytest
from lives import DAY, DAYS, NOON, PRM, Lives, beginning

from sge_sim.commandes.evenements import record_opposition
from sge_sim.commandes.moving_clock import start_clock
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.tables.points import find_point

LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


def test_the_oppositions_of_the_data_set_hold_no_clock_back(lives: Lives) -> None:
    with lives.database.transaction() as session:
        point = find_point(session, PRM)
        assert point is not None
        record_opposition(session, point)
    clock = StoredClock(lives.database)
    start_clock(clock, LONG_AGO, lives.database)
    assert clock.now().year == 2010


def test_the_clock_does_not_go_back_before_an_event_that_has_happened(lives: Lives) -> None:
    lives.change(NOON, resilie=DAY + 5 * DAYS)
    lives.until(NOON + 6 * DAYS)
    clock = StoredClock(lives.database)
    happened = beginning(DAY + 5 * DAYS)
    with pytest.raises(UsageError, match="vont jusqu'au 06/08/2025 00:00:00"):
        start_clock(clock, NOON + 4 * DAYS, lives.database)
    start_clock(clock, happened, lives.database)
    assert clock.now() >= happened


def test_an_event_that_is_still_to_come_holds_no_clock_back(lives: Lives) -> None:
    lives.change(NOON, resilie=DAY + 5 * DAYS)
    clock = StoredClock(lives.database)
    start_clock(clock, LONG_AGO, lives.database)
    assert clock.now().year == 2010
