"""Working days."""

from datetime import date, datetime, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.clock import FIN_DES_JOURS, PARIS, PREMIER_JOUR, Duree, later
from sge_sim.domaine.jours_ouvres import (
    AUSSITOT,
    Delai,
    is_working_day,
    jours_feries,
    working_days_after,
    working_days_before,
)
from sge_sim.errors import UsageError


def test_public_holidays_are_those_that_a_library_of_holidays_knows() -> None:
    """In all the years that measures are made for; the library is too heavy to serve with."""
    annees = range(PREMIER_JOUR.year, FIN_DES_JOURS.year + 1)
    assert jours_feries(annees) == set(country_holidays("FR", years=annees))


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
    before, after = working_days_before(day, count), working_days_after(day, count)
    assert is_working_day(before)
    assert is_working_day(after)
    back = (before + timedelta(days=n) for n in range((day - before).days))
    ahead = (day + timedelta(days=n) for n in range(1, (after - day).days + 1))
    for days in (back, ahead):
        assert sum(map(is_working_day, days)) == count


FIRST, LAST = datetime.fromisoformat("2015-01-01"), datetime.fromisoformat("2045-01-01")
FRIDAY = datetime(2025, 8, 1, 10, tzinfo=PARIS)


@pytest.mark.documented("GUI 0469, slides V26.2: the standard delay is of 3 working days")
def test_working_days_skip_week_ends_and_holidays() -> None:
    three = Delai.parse("3jo")
    assert three.after(FRIDAY) == datetime(2025, 8, 6, 10, tzinfo=PARIS)
    assert three.after(datetime(2025, 8, 13, 10, tzinfo=PARIS)) == datetime(
        2025, 8, 19, 10, tzinfo=PARIS
    )  # 15 August off


def test_days_keep_the_legal_hour_over_a_clock_change_and_hours_do_not() -> None:
    before = datetime(2025, 10, 24, 10, tzinfo=PARIS)
    assert Delai.parse("1jo").after(before) == datetime(2025, 10, 27, 10, tzinfo=PARIS)
    assert Delai.parse("3d").after(before) == datetime(2025, 10, 27, 10, tzinfo=PARIS)
    assert Delai.parse("72h").after(before) == datetime(2025, 10, 27, 9, tzinfo=PARIS)


@given(st.datetimes(FIRST, LAST, timezones=st.just(PARIS)))
def test_no_delay_is_the_instant_itself(instant: datetime) -> None:
    assert AUSSITOT.after(instant) == later(instant, timedelta(0))


@pytest.mark.parametrize(
    ("text", "delai"),
    [
        ("3jo", Delai(jours_ouvres=3)),
        ("36h", Delai(Duree(0, timedelta(hours=36)))),
        (" 0jo ", AUSSITOT),
    ],
)
def test_delays_are_read(text: str, delai: Delai) -> None:
    assert Delai.parse(text) == delai


def test_a_delay_is_bounded() -> None:
    with pytest.raises(UsageError, match="ne passe pas 366 jours"):
        Delai.parse("367d")
    with pytest.raises(UsageError, match="ne passe pas 366 jours"):
        Delai.parse("365d25h")


@pytest.mark.parametrize("text", ["", "jo", "-1jo", "trois jours", "3jours"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="n'est pas un délai : écrire par exemple 3jo"):
        Delai.parse(text)
