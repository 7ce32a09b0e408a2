"""Working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.domaine.jours_ouvres import is_working_day, working_days_after, working_days_before

DAYS = st.dates(date(2015, 1, 1), date(2045, 1, 1))


@pytest.mark.assumed("holidays of metropolitan France, as for the opening days")
@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 7, 14), False),
        (date(2026, 7, 13), True),
        (date(2026, 8, 15), False),
        (date(2026, 11, 11), False),
        (date(2026, 12, 26), False),  # a Saturday
        (date(2025, 12, 26), True),  # a holiday in Alsace-Moselle only
        (date(2026, 4, 3), True),  # Good Friday: the same
    ],
)
def test_working_days_are_those_of_metropolitan_france(day: date, worked: bool) -> None:
    assert is_working_day(day) is worked


@given(DAYS, st.integers(1, 40))
def test_as_many_working_days_lie_between(day: date, count: int) -> None:
    found = working_days_before(day, count)
    assert is_working_day(found)
    between = (found + timedelta(days=n) for n in range((day - found).days))
    assert sum(is_working_day(one) for one in between) == count


@given(DAYS, st.integers(1, 40))
def test_as_many_working_days_lead_back(day: date, count: int) -> None:
    found = working_days_after(day, count)
    assert is_working_day(found)
    between = (day + timedelta(days=n) for n in range(1, (found - day).days + 1))
    assert sum(is_working_day(one) for one in between) == count
