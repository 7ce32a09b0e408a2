"""What the platform served when, day by day."""

from datetime import date, timedelta

import pytest

from sge_sim.domaine.plateformes import (
    ARRET,
    DOUBLE_RUN,
    SWITCHES,
    is_served,
    switches_between,
    why_not_served,
)
from sge_sim.services.declared import existences

OLD_NAME, NEW_NAME = "CommandeCollectePublicationMesures", "CommandeServicesAccesDonnees"
EXISTENCES = existences()
OLD, NEW = EXISTENCES[OLD_NAME], EXISTENCES[NEW_NAME]
DAY = timedelta(days=1)


def test_what_takes_over_is_served() -> None:
    assert {existence.remplace_par for existence in EXISTENCES.values()} - {""} <= EXISTENCES.keys()


def test_services_begin_and_end_on_the_days_of_switches() -> None:
    days = {day for each in EXISTENCES.values() for day in (each.depuis, each.jusqu_a)}
    assert days - {None} == set(SWITCHES)


@pytest.mark.documented("planning d'Enedis du 27/02/2026 p. 15; the days are assumed")
@pytest.mark.parametrize(
    ("day", "old", "new"),
    [
        (DOUBLE_RUN - DAY, True, False),
        (DOUBLE_RUN, True, True),
        (ARRET - DAY, True, True),
        (ARRET, False, True),
    ],
)
def test_both_generations_overlap(day: date, old: bool, new: bool) -> None:
    assert is_served(OLD, "auto", day) == old
    assert is_served(NEW, "auto", day) == new
    assert is_served(None, "auto", day)


@pytest.mark.parametrize("day", [date(2020, 1, 1), ARRET])
def test_a_generation_is_played_at_any_date(day: date) -> None:
    assert is_served(OLD, "1", day)
    assert not is_served(NEW, "1", day)
    assert not is_served(OLD, "2", day)
    assert is_served(NEW, "2", day)
    assert all(is_served(each, "toutes", day) for each in (OLD, NEW))


def test_why_a_service_is_not_served() -> None:
    assert "depuis le 01/12/2026 ; CommandeServicesAccesDonnees le remplace" in why_not_served(
        OLD_NAME, OLD, "auto", ARRET
    )
    assert "à partir du 08/12/2025" in why_not_served(NEW_NAME, NEW, "auto", DOUBLE_RUN - DAY)
    assert why_not_served(NEW_NAME, NEW, "1", ARRET).endswith("génération 2 (--generation 1).")


def test_a_switch_is_told_once() -> None:
    assert switches_between(existences, ARRET - DAY, ARRET - DAY) == []
    (sentence,) = switches_between(existences, ARRET - DAY, ARRET)
    assert sentence.startswith("Le 01/12/2026, la plateforme ne sert plus")
    assert OLD_NAME in sentence
    assert switches_between(existences, ARRET, ARRET + DAY) == []
    assert len(switches_between(existences, date(2024, 1, 1), date(2027, 1, 1))) == 2
