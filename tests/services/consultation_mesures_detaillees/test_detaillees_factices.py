"""The two points of the test cases whose measures the real homologation platform made up."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from detaillees_kit import C5, Detaillees, rows
from in_process import served_in_process

C4 = "30001610071843"
AVRIL = {"debut": date(2022, 4, 1), "fin": date(2022, 4, 7)}
OCTOBRE = {"debut": date(2023, 10, 29), "fin": date(2023, 10, 30)}
OPTIONS = ("--population-size", "0", "--now", "2024-03-15T10:00")


@pytest.fixture(scope="module")
def fidele(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Detaillees]:
    folder: Path = tmp_path_factory.mktemp("fidele")
    with served_in_process(folder, *OPTIONS, "--profile", "fidele") as running:
        yield Detaillees(running)


def points(answer: Any) -> list[tuple[str, int]]:
    return [(row["d"], int(row["v"])) for row in rows(answer)]


@pytest.mark.observed("homologation: 100 to 147 each day on 25478147557460")
def test_the_curve_of_the_c5_counts_from_100_to_147_each_day(fidele: Detaillees) -> None:
    lues = points(fidele.v3(C5, "COURBE", **AVRIL))
    assert [valeur for _, valeur in lues] == [*range(100, 148)] * 6
    assert lues[0][0] == "2022-04-01 00:30:00"
    assert lues[-1][0] == "2022-04-07 00:00:00"


@pytest.mark.observed("homologation: 30001610071843 answers nature B, 100, 101 ...")
@pytest.mark.parametrize("grandeur", ["PA", "PRI"])
def test_the_curve_of_the_c4_counts_from_100_with_raw_points(
    fidele: Detaillees, grandeur: str
) -> None:
    answer = fidele.v3(C4, "COURBE", grandeur, **AVRIL)
    lues = points(answer)
    assert [valeur for _, valeur in lues[:144]] == [*range(100, 244)]
    assert len(lues) == 6 * 144
    assert {row["n"] for row in rows(answer)} == {"B"}


@pytest.mark.observed("homologation: energies and maxima from 800, the maximum at 22:00:22")
def test_energies_and_maxima_count_from_800(fidele: Detaillees) -> None:
    energies = points(fidele.v3(C5, "ENERGIE", **AVRIL))
    assert energies == [(f"2022-04-0{jour}", 799 + jour) for jour in range(1, 7)]
    maxima = points(fidele.v3(C5, "PMAX", pas="P1D", **AVRIL))
    assert maxima == [(f"2022-04-0{jour} 22:00:22", 799 + jour) for jour in range(1, 7)]


@pytest.mark.observed("homologation: the same stamps twice, of which the first has a wrong offset")
def test_the_hour_that_autumn_repeats_has_the_offset_of_winter_twice(fidele: Detaillees) -> None:
    lues = [d for d, _ in points(fidele.v2(C5, "COURBE", **OCTOBRE))]
    assert len(lues) == 50
    assert [d[11:16] + d[-6:] for d in lues[2:9]] == [
        *("01:30+02:00", "02:00+01:00", "02:30+01:00", "02:00+01:00"),
        *("02:30+01:00", "03:00+01:00", "03:30+01:00"),
    ]


@pytest.mark.assumed("the nominal profile has measures that agree with each other")
def test_the_nominal_profile_measures_them_as_any_point(tmp_path: Path) -> None:
    with served_in_process(tmp_path, *OPTIONS) as running:
        lues = points(Detaillees(running).v3(C5, "COURBE", **AVRIL))
    assert not any(valeur % 2 for _, valeur in lues)
