"""Dates counted from the day of the run."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sge_sim.clock import add_months
from sge_sim.homologation.catalogue.cases import DateRelative

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
LEAP_DAY = date(2024, 2, 29)
# In France legal time changed on these days, one of 23 hours and one of 25.
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)


@pytest.mark.parametrize(
    ("text", "today", "meant"),
    [
        ("aujourdhui", LEAP_DAY, LEAP_DAY),
        ("aujourdhui+1an", LEAP_DAY, date(2025, 2, 28)),
        ("aujourdhui-24mois", LEAP_DAY, date(2022, 2, 28)),
        ("aujourdhui+4ans", LEAP_DAY, date(2028, 2, 29)),
        ("aujourdhui+1mois", date(2025, 1, 31), date(2025, 2, 28)),
        ("aujourdhui-1mois", date(2025, 1, 15), date(2024, 12, 15)),
        ("aujourdhui-1an+1jour", date(2025, 6, 30), date(2024, 7, 1)),
        ("aujourdhui+1jour", SPRING, date(2025, 3, 31)),
        ("aujourdhui-1jour", AUTUMN, date(2025, 10, 25)),
    ],
)
def test_an_expression_is_counted_from_the_day_of_the_run(
    text: str, today: date, meant: date
) -> None:
    assert DateRelative(text).on(today) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "demain", " aujourdhui", "aujourdhui 1an"),
        *("aujourdhui+", "aujourdhui+1", "aujourdhui+1anx", "aujourdhui+12345jours"),
        *("aujourdhui+9999ans", "aujourdhui-3000ans"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text.replace('+', '[+]')}$"):
        DateRelative(text)


@given(today=DAYS, count=st.integers(0, 9999))
@example(today=SPRING, count=1)
@example(today=AUTUMN, count=1)
@example(today=LEAP_DAY, count=366)
def test_days_are_whole_days_in_both_directions(today: date, count: int) -> None:
    assert DateRelative(f"aujourdhui+{count}jours").on(today) == today + timedelta(days=count)
    assert DateRelative(f"aujourdhui-{count}jours").on(today) == today - timedelta(days=count)


@pytest.mark.observed("2022: a client asks 730 days back and is served as 24 months")
@given(today=DAYS)
@example(today=LEAP_DAY)
def test_730_days_are_never_more_than_24_months(today: date) -> None:
    assert DateRelative("aujourdhui-730jours").on(today) >= add_months(today, -24)
