"""Delays of simulated time."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.clock import PARIS, Duree, later
from sge_sim.domaine.delais import AUSSITOT, Delai
from sge_sim.errors import UsageError

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
