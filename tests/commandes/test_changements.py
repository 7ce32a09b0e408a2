"""What a tester makes happen to a point: one termination, which can be given up before its day."""

from datetime import date

import pytest
from lives import DAYS, NOON, PRM, Lives

from sge_sim.commandes.changements import AUCUN
from sge_sim.errors import UsageError
from sge_sim.tables.points import find_point

FIRST, SECOND = date(2025, 8, 10), date(2025, 8, 20)


def terminated(lives: Lives) -> date | None:
    with lives.database.sessions() as session:
        return find_point(session, PRM).date_resiliation


def refused(lives: Lives, resilie: date | str, days: int = 0) -> str:
    with pytest.raises(UsageError) as refusal:
        lives.change(NOON + days * DAYS, resilie=resilie)
    return str(refusal.value)


@pytest.mark.parametrize("day", [SECOND, date(2025, 8, 5)])
def test_a_second_termination_is_refused_with_the_day_of_the_first(lives: Lives, day: date) -> None:
    lives.change(NOON, resilie=FIRST)
    assert f"la résiliation du point {PRM} est déjà prévue pour le 10/08/2025" in refused(
        lives, day
    )
    lives.until(NOON + 30 * DAYS)
    assert terminated(lives) == FIRST


def test_a_termination_is_given_up_before_its_day(lives: Lives) -> None:
    lives.change(NOON, resilie=FIRST)
    lives.change(NOON, resilie=AUCUN)
    lives.until(NOON + 15 * DAYS)
    assert terminated(lives) is None
    lives.change(NOON + 15 * DAYS, resilie=SECOND)
    lives.until(NOON + 30 * DAYS)
    assert terminated(lives) == SECOND


def test_what_has_happened_is_neither_given_up_nor_done_again(lives: Lives) -> None:
    assert "n'a pas de résiliation à annuler" in refused(lives, AUCUN)
    lives.change(NOON, resilie=FIRST)
    # Nothing has run since: what was due happens before what is asked.
    for again in (SECOND, AUCUN):
        assert "est déjà résilié depuis le 10/08/2025" in refused(lives, again, days=12)
    lives.until(NOON + 30 * DAYS)
    assert terminated(lives) == FIRST
