"""Legal dates are counted by whole months."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sge_sim.clock import PARIS, add_months, parse_day, parse_instant
from sge_sim.errors import UsageError

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@pytest.mark.assumed("the same day of the month is still served")
@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (date(2026, 7, 15), -24, date(2024, 7, 15)),
        (date(2026, 1, 31), -11, date(2025, 2, 28)),
        (date(2024, 2, 29), -36, date(2021, 2, 28)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_are_counted_to_the_same_day(day: date, months: int, moved: date) -> None:
    assert add_months(day, months) == moved


@given(today=DAYS, months=st.integers(-1200, 1200))
@example(today=date(2024, 2, 29), months=12)
def test_months_keep_the_day_or_take_the_last_of_the_month(today: date, months: int) -> None:
    moved = add_months(today, months)
    assert (moved.year - today.year) * 12 + moved.month - today.month == months
    assert moved.day == today.day or (
        moved.day < today.day and (moved + timedelta(days=1)).month != moved.month
    )


@given(today=DAYS, other=DAYS, months=st.integers(-600, 600))
def test_moving_by_months_keeps_the_order_of_days(today: date, other: date, months: int) -> None:
    first, last = sorted((today, other))
    assert add_months(first, months) <= add_months(last, months)


@pytest.mark.parametrize("typed", ["2025-08-01", "01/08/2025", " 01/08/2025 "])
def test_a_day_is_read_as_it_is_shown(typed: str) -> None:
    assert parse_day(typed) == date(2025, 8, 1)


@pytest.mark.parametrize("typed", ["2025-08-01T10:00", "01/08/2025 10:00", "01/08/2025 à 10:00:00"])
def test_an_instant_is_read_as_it_is_shown(typed: str) -> None:
    assert parse_instant(typed) == datetime(2025, 8, 1, 10, tzinfo=PARIS)


@pytest.mark.parametrize("typed", ["32/08/2025", "1/8/2025", "demain", ""])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="n'est pas une date"):
        parse_day(typed)
