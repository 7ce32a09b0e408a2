"""What the answers of one point owe to each other, read over SOAP."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from math import isqrt
from typing import Any

import pytest
from detaillees_kit import C4, C5, C5_SIX_CADRANS, Detaillees, listed, stamps, values

from sge_sim.clock import PARIS

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


@pytest.mark.assumed("classes share the time since the meter was installed")
@pytest.mark.parametrize("debut", [date(2026, 6, 1), PRINTEMPS, AUTOMNE])
def test_c4_running_times_add_up_to_the_time_between_readings(
    tiers: Detaillees, debut: date
) -> None:
    window = {"debut": debut, "fin": debut + timedelta(4)}
    temps = tiers.v3(C4, "INDEX", "TF", **window)["contexte"]["grandeur"]
    registers = listed(listed(temps["calendrier"])[0]["classeTemporelle"])
    total = [sum(column) for column in zip(*map(readings, registers), strict=True)]
    lus = [
        datetime.fromisoformat(each["d"]).replace(tzinfo=PARIS).timestamp()
        for each in listed(registers[0]["valeur"])
    ]
    assert [b - a for a, b in pairwise(total)] == [b - a for a, b in pairwise(lus)]


def by_10_minutes(tiers: Detaillees, grandeur: str, jour: date) -> list[int]:
    """Whole kW or kVAr of a day, by the carry rule of the FAQ."""
    cinq = values(tiers.v3(C4, "COURBE", grandeur, debut=jour, fin=jour + timedelta(1)))
    envoyes = [sum(cinq[:rang]) // 2000 for rang in range(0, len(cinq) + 1, 2)]
    return [after - before for before, after in pairwise(envoyes)]


@pytest.mark.assumed("the month's largest apparent power of the curve every 10 minutes")
def test_c4_monthly_maximum_is_that_of_its_curves(tiers: Detaillees) -> None:
    jours = [date(2026, 5, 9) + timedelta(rang) for rang in range(32)]
    # From one reading at 00:50 to the next.
    mois = slice(5, 31 * 144 + 5)
    pa, pri, prc = (
        [kw for jour in jours for kw in by_10_minutes(tiers, grandeur, jour)][mois]
        for grandeur in ("PA", "PRI", "PRC")
    )
    kva = [isqrt(p**2 + (i - c) ** 2) for p, i, c in zip(pa, pri, prc, strict=True)]
    lu = tiers.v3(C4, "INDEX", "PMA", debut=jours[-1], fin=jours[-1] + timedelta(1))
    (fige,) = (each for each in listed(lu["contexte"]) if each["typeReleve"] == "RM")
    registers = listed(listed(fige["grandeur"]["calendrier"])[0]["classeTemporelle"])
    assert max(max(readings(each)) for each in registers) == 1000 * max(kva)


@pytest.mark.observed("days of 23, 24 and 25 hours")
@pytest.mark.parametrize(
    ("jour", "hours"), [(PRINTEMPS, 23), (date(2026, 6, 15), 24), (AUTOMNE, 25)]
)
def test_days_of_a_change_have_their_number_of_points(
    tiers: Detaillees, jour: date, hours: int
) -> None:
    for version in ("2.0", "3.0"):
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
