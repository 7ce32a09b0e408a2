"""The zones of weather, and what days do to uses."""

from datetime import date

import numpy as np
import pytest

from sge_sim.mesures.calendrier import calendrier, numero
from sge_sim.mesures.climat import (
    CHAUFFAGE,
    FAMILLE,
    LIEUX,
    MOIS,
    SOLEIL,
    TYPES,
    USINE,
    ZONE_DU_LIEU,
    ZONES,
    climat,
    find_facteur,
    lieu_de_la_commune,
)

pytestmark = pytest.mark.assumed("no document describes consumptions")


@pytest.mark.parametrize(
    ("commune", "zone"),
    [("75101", "H1a"), ("67482", "H1b"), ("69123", "H1c"), ("29019", "H2a"), ("44109", "H2b"),
     ("31555", "H2c"), ("84007", "H2d"), ("13055", "H3"), ("2A004", "H3")],
)  # fmt: skip
def test_a_commune_has_the_zone_of_its_department(commune: str, zone: str) -> None:
    found = lieu_de_la_commune(commune)
    assert found is not None
    assert ZONES[ZONE_DU_LIEU[found]] == zone


@pytest.mark.parametrize("commune", [None, "", "97411", "99999"])
def test_what_is_elsewhere_has_no_zone(commune: str | None) -> None:
    assert lieu_de_la_commune(commune) is None


def test_the_south_is_warmer_and_the_east_colder() -> None:
    hiver = np.isin(calendrier().mois, (12, 1, 2))
    froids = [climat().facteurs[find_facteur(zone, CHAUFFAGE), hiver].mean() for zone in range(8)]
    assert ZONES[int(np.argmax(froids))] == "H1b"
    assert ZONES[int(np.argmin(froids))] == "H3"


def test_no_day_gives_more_than_a_clear_sky() -> None:
    mois = calendrier().mois
    soleils = climat().facteurs[[find_facteur(zone, SOLEIL) for zone in range(8)]] / 4096
    for rang, most in ((1, 3.5), (4, 7.0), (7, 7.8)):
        assert soleils[:, mois == rang].max() <= most


def test_the_days_of_a_table_are_of_its_types_and_nobody_can_write_in_it() -> None:
    table = climat()
    assert 0 <= table.types.min() <= table.types.max() < TYPES
    assert set(table.types[MOIS].tolist()) == set(range(14))
    assert table.absences[0, :, USINE].max() <= 1024
    with pytest.raises(ValueError, match="read-only"):
        table.facteurs[0, 0] = 0


def holidays_of(lieu: str, jour: date) -> bool:
    table = climat()
    ecole = table.scolaires[LIEUX.index(lieu)]
    return bool(table.types[ecole, numero(jour)] >= 8)


@pytest.mark.parametrize(
    ("jour", "lieux"),
    [(date(2024, 2, 10), "75"), (date(2024, 2, 17), "69 75"), (date(2024, 2, 24), "13 69 75"),
     (date(2024, 2, 26), "13 69"), (date(2024, 5, 10), ""), (date(2024, 8, 15), "13 69 75"),
     (date(2025, 2, 14), "13"), (date(2027, 5, 7), "13 69 75"), (date(2028, 2, 7), "13")],
)  # fmt: skip
def test_school_holidays_are_those_of_the_zone_and_of_the_year(jour: date, lieux: str) -> None:
    """A: Lyon; B: Marseille; C: Paris."""
    assert [lieu for lieu in ("13", "69", "75") if holidays_of(lieu, jour)] == lieux.split()


def test_years_that_are_not_known_yet_have_holidays_that_turn() -> None:
    winters = set()
    for annee in range(2029, 2045):
        days = np.arange(numero(date(annee, 2, 1)), numero(date(annee, 3, 20)))
        firsts = [int(np.argmax(climat().types[ecole, days] >= 8)) for ecole in range(MOIS)]
        assert sorted(first - min(firsts) for first in firsts) == [0, 7, 14]
        winters.add(tuple(np.argsort(firsts)))
    assert len(winters) == 3


@pytest.mark.parametrize(
    ("jour", "bridge"),
    [(date(2024, 5, 9), True), (date(2024, 5, 10), True), (date(2024, 5, 12), True),
     (date(2024, 5, 13), False), (date(2023, 8, 12), True), (date(2023, 8, 14), True),
     (date(2023, 8, 11), False), (date(2024, 5, 1), False), (date(2024, 5, 3), False)],
)  # fmt: skip
def test_a_bridge_closes_places_and_empties_homes(jour: date, bridge: bool) -> None:
    """Ascension Day of 2024 was a Thursday, 15 August 2023 a Tuesday, 1 May 2024 a Wednesday."""
    table, n = climat(), numero(jour)
    assert (table.absences[1, 0, USINE, n] == 60) == bridge
    assert (table.absences[1, 0, FAMILLE, n] == 160) == bridge
    # Who leaves on the Thursday is away until the Sunday.
    assert table.parties[n] == (
        20 if bridge and jour.weekday() > 1 else 10 if jour.weekday() < 4 else 20
    )
