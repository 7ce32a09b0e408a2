"""What the answers of one point owe to each other, read over SOAP."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from detaillees_kit import C4, C5, C5_SIX_CADRANS, Detaillees, listed, rows, stamps, values

VERSIONS = pytest.mark.parametrize("version", ["2.0", "3.0"])
PRINTEMPS, AUTOMNE = date(2026, 3, 29), date(2025, 10, 26)
"""Days of 23 and 25 hours."""


def by_day(tiers: Detaillees, version: str, prm: str, jour: date) -> list[int]:
    return values(tiers.ask(version, prm, "COURBE", debut=jour, fin=jour + timedelta(1)))


def readings(register: Any) -> list[int]:
    return [int(each["v"]) for each in listed(register["valeur"])]


@pytest.mark.observed("2023: checked on recorded answers of a C5")
@pytest.mark.parametrize("prm", [C5, C5_SIX_CADRANS])
@pytest.mark.parametrize("debut", [date(2026, 6, 1), PRINTEMPS, AUTOMNE - timedelta(2)])
def test_c5_curve_energy_and_index_agree_to_the_unit(
    tiers: Detaillees, prm: str, debut: date
) -> None:
    jours = [debut + timedelta(rang) for rang in range(4)]
    window = {"debut": debut, "fin": jours[-1] + timedelta(1)}
    energies = values(tiers.v3(prm, "ENERGIE", **window))
    assert energies == values(tiers.v2(prm, "ENERGIE", **window))
    assert energies == [sum(by_day(tiers, "3.0", prm, jour)) / 2 for jour in jours]
    window["fin"] += timedelta(1)
    grandeur = tiers.v3(prm, "INDEX", **window)["contexte"]["grandeur"]
    total = readings(grandeur["cadranTotalisateur"])
    assert energies == [after - before for before, after in pairwise(total)]
    for calendar in listed(grandeur["calendrier"]):
        registers = [readings(each) for each in listed(calendar["classeTemporelle"])]
        assert [sum(column) for column in zip(*registers, strict=True)] == total


@pytest.mark.observed("2023: floor(sum of the 5-minute watts / 12)")
@pytest.mark.parametrize("debut", [date(2026, 6, 1), PRINTEMPS, AUTOMNE])
def test_c4_energy_is_the_curve_rounded_down(tiers: Detaillees, debut: date) -> None:
    jours = [debut + timedelta(rang) for rang in range(3)]
    energies = values(tiers.v3(C4, "ENERGIE", debut=debut, fin=jours[-1] + timedelta(1)))
    assert energies == [sum(by_day(tiers, "3.0", C4, jour)) // 12 for jour in jours]


@VERSIONS
@pytest.mark.observed("days of 23, 24 and 25 hours")
@pytest.mark.parametrize(
    ("jour", "hours"), [(PRINTEMPS, 23), (date(2026, 6, 15), 24), (AUTOMNE, 25)]
)
def test_days_of_a_change_have_their_number_of_points(
    tiers: Detaillees, version: str, jour: date, hours: int
) -> None:
    assert len(by_day(tiers, version, C5, jour)) == 2 * hours
    assert len(by_day(tiers, version, C4, jour)) == 12 * hours


@pytest.mark.observed("aware stamps in v2.0, naive ones in v3.0")
def test_the_hour_lived_twice_is_told_apart_in_v2_alone(tiers: Detaillees) -> None:
    window = {"debut": AUTOMNE, "fin": AUTOMNE + timedelta(1)}
    aware = stamps(tiers.v2(C5, "COURBE", **window))
    assert len(set(aware)) == 50
    assert aware[3:7] == [
        "2025-10-26T02:00:00.000+02:00",
        "2025-10-26T02:30:00.000+02:00",
        "2025-10-26T02:00:00.000+01:00",
        "2025-10-26T02:30:00.000+01:00",
    ]
    assert len(set(stamps(tiers.v3(C5, "COURBE", **window)))) == 48


@VERSIONS
@pytest.mark.observed("2022, 2023")
def test_the_maximum_is_at_least_the_curve_at_its_instant(tiers: Detaillees, version: str) -> None:
    maxima = rows(tiers.ask(version, C5, "PMAX"))
    for rang, row in enumerate(maxima):
        jour = date(2026, 6, 15) + timedelta(rang)
        assert int(row["v"]) >= max(by_day(tiers, version, C5, jour))
        assert row["d"].startswith(jour.isoformat())


@VERSIONS
@pytest.mark.documented("a window's values don't depend on what else is asked")
def test_a_day_alone_is_the_day_of_its_week(tiers: Detaillees, version: str) -> None:
    week = values(tiers.ask(version, C5, "COURBE"))
    assert by_day(tiers, version, C5, date(2026, 6, 17)) == week[96:144]
