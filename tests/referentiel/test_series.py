"""The off-peak hours of a point: those of the season, by legal time on both changes of hour."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    CompteurPose,
    Grille,
    HeuresCreuses,
    PointMesure,
    PuissanceSouscrite,
    Structure,
    parse_plages,
)
from sge_sim.referentiel.series import creuses_of

POSE = date(2021, 1, 7)
POINT = PointMesure(
    graine=7,
    segment="C5",
    puissances=(PuissanceSouscrite(POSE, 6),),
    mise_en_service=POSE,
    compteurs=(CompteurPose(POSE),),
    grille_fournisseur=(Grille(POSE, "FC000014", Structure.HP_HC),),
)


def hours(debut: str, fin: str, haute: str, basse: str | None = None) -> list[str]:
    """Return the off-peak hours of a point that has these ranges: day, start and end."""
    ranges = HeuresCreuses(POSE, parse_plages(haute), basse and parse_plages(basse))
    point = replace(POINT, heures_creuses=(ranges,))
    found = creuses_of(point, date.fromisoformat(debut), date.fromisoformat(fin))
    return [
        "-".join(f"{datetime.fromtimestamp(each, PARIS):%d %Hh%M%z}" for each in pair)
        for pair in found
    ]


@pytest.mark.parametrize(
    ("debut", "fin", "haute", "expected"),
    [
        pytest.param(
            *("2025-02-01", "2025-02-03", "22H56-6H56"),
            [
                "01 00h00+0100-01 06h56+0100",
                "01 22h56+0100-02 06h56+0100",
                "02 22h56+0100-03 00h00+0100",
            ],
            id="a night is one",
        ),
        pytest.param(
            *("2025-03-30", "2025-03-31", "2H26-7H26"),
            ["30 03h00+0200-30 07h26+0200"],
            id="in March from the hour that follows the missing one",
        ),
        pytest.param(
            *("2025-10-26", "2025-10-27", "2H26-7H26"),
            ["26 02h26+0200-26 02h00+0100", "26 02h26+0100-26 07h26+0100"],
            id="in October both times that the clock shows it",
        ),
    ],
)
def test_off_peak_hours_follow_legal_time(
    debut: str, fin: str, haute: str, expected: list[str]
) -> None:
    assert hours(debut, fin, haute) == expected


@pytest.mark.documented("CRE 2025-78: the high season goes from 1 November to 31 March")
def test_off_peak_hours_are_those_of_the_season() -> None:
    ranges = "0H58-8H58", "0H58-5H58;13H28-16H28"
    high, *low = hours("2027-03-31", "2027-04-02", *ranges)
    assert high == "31 00h58+0200-31 08h58+0200"
    assert low == ["01 00h58+0200-01 05h58+0200", "01 13h28+0200-01 16h28+0200"]
    assert len(hours("2027-10-31", "2027-11-01", *ranges)) == 2
    assert len(hours("2027-11-01", "2027-11-02", *ranges)) == 1


def test_a_calendar_without_classes_has_no_off_peak_hours() -> None:
    assert creuses_of(POINT, POSE, date(2021, 1, 8))
    base = replace(POINT, grille_fournisseur=(Grille(POSE, "FC000165", Structure.BASE),))
    assert creuses_of(base, POSE, date(2021, 1, 8)) == []
