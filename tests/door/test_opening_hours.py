"""The hours of the homologation platform, on the simulated clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from door_kit import database_of
from hypothesis import given
from hypothesis import strategies as st
from in_process import served_in_process
from running_simulator import RunningSimulator, kept_open, refusal, serve

from sge_sim.clock import PARIS, parse_instant
from sge_sim.domaine.plateformes import is_open, next_opening, seconds_until
from sge_sim.facts.stored_clock import StoredClock

pytestmark = pytest.mark.xdist_group("door")

INSTANTS = [
    ("2025-07-14T10:00", False, "mardi 15 juillet 2025 à 9 h 00"),  # a public holiday
    ("2025-07-12T10:00", False, "mardi 15 juillet 2025 à 9 h 00"),  # the Saturday before it
    ("2025-07-15T08:59", False, "mardi 15 juillet 2025 à 9 h 00"),
    ("2025-07-15T09:00", True, ""),
    ("2025-07-15T11:59:59", True, ""),
    ("2025-07-15T12:00", False, "mardi 15 juillet 2025 à 14 h 00"),
    ("2025-07-15T13:59", False, "mardi 15 juillet 2025 à 14 h 00"),
    ("2025-07-15T14:00", True, ""),
    ("2025-07-15T18:00", False, "mercredi 16 juillet 2025 à 9 h 00"),
    ("2025-05-01T10:00", False, "vendredi 2 mai 2025 à 9 h 00"),
]


with_hours = kept_open(served_in_process, "--hours", "--population-size", "0")


@pytest.mark.documented("FAQ: working days, 9:00-12:00 and 14:00-18:00; the bounds are assumed")
@pytest.mark.parametrize(("instant", "opened", "opening"), INSTANTS)
def test_the_platform_is_open_when_the_faq_says(
    with_hours: RunningSimulator, instant: str, opened: bool, opening: str
) -> None:
    database = database_of(with_hours.data_dir)
    StoredClock(database).freeze(parse_instant(instant))
    database.dispose()
    answer = with_hours.session.get(f"{with_hours.url}/RecherchePoint/v2.0?wsdl", timeout=10)
    assert answer.status_code == (200 if opened else 503), answer.text
    if not opened:
        assert f"Prochaine ouverture : {opening}. Il faudrait " in answer.text
        waited = parse_instant(instant) + timedelta(seconds=int(answer.headers["Retry-After"]))
        assert is_open(waited)
        (entry,) = with_hours.admin("/api/journal", limit=1)
        assert entry["http_status"] == 503
        assert "est fermée" in entry["detail"]
        assert entry["rule"]["name"] == "Porte/plateforme_ouverte"


@given(st.integers(min_value=0, max_value=6 * 365 * 24 * 60))
def test_the_next_opening_is_the_first_open_instant_after_now(minutes: int) -> None:
    now = (datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(PARIS)
    opening = next_opening(now)
    second = timedelta(seconds=1)
    assert opening > now
    assert is_open(opening)
    assert not is_open(opening - second)
    assert seconds_until(now, opening) > 0


@pytest.mark.assumed("the hour that a clock change takes isn't waited for")
def test_the_wait_over_a_clock_change_is_an_hour_shorter() -> None:
    saturday = parse_instant("2025-03-29T18:00")
    monday = parse_instant("2025-03-31T09:00")
    assert next_opening(saturday) == monday
    assert seconds_until(saturday, monday) == 38 * 3600


def test_hours_are_refused_in_production(tmp_path: Path) -> None:
    sentence = refusal(serve(tmp_path, "--hours", "--environment", "production"))
    assert "--hours ne vaut qu'en homologation" in sentence
