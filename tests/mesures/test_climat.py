"""The zones of weather, and what days do to uses."""

import numpy as np
import pytest

from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.climat import (
    CHAUFFAGE,
    MOIS,
    SOLEIL,
    TYPES,
    USINE,
    ZONES,
    climat,
    find_facteur,
    zone_du_departement,
)

pytestmark = pytest.mark.assumed("no document describes consumptions")


@pytest.mark.parametrize(
    ("commune", "zone"),
    [("75101", "H1a"), ("67482", "H1b"), ("69123", "H1c"), ("29019", "H2a"), ("44109", "H2b"),
     ("31555", "H2c"), ("84007", "H2d"), ("13055", "H3"), ("2A004", "H3")],
)  # fmt: skip
def test_a_commune_has_the_zone_of_its_department(commune: str, zone: str) -> None:
    found = zone_du_departement(commune)
    assert ZONES[found] == zone


@pytest.mark.parametrize("commune", [None, "", "97411", "99999"])
def test_what_is_elsewhere_has_no_zone(commune: str | None) -> None:
    assert zone_du_departement(commune) is None


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
    assert table.absences[0, USINE].max() <= 1024
    with pytest.raises(ValueError, match="read-only"):
        table.facteurs[0, 0] = 0
