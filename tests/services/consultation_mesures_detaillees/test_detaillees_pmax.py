"""Maximum powers, by day and by month: stamps, phases, direction, months with too few days."""

from datetime import date, timedelta
from typing import Any

import pytest
from detaillees_kit import (
    C5,
    C5_SURPLUS,
    C5_TRIPHASE,
    JOURS,
    LUNDI,
    P4,
    Detaillees,
    blocks,
    listed,
    rows,
    stamps,
    values,
)


@pytest.mark.observed("2022 for v2.0, 2023 for v3.0: the instant of the maximum")
def test_daily_maxima_are_stamped_at_their_instant(tiers: Detaillees) -> None:
    old = tiers.v2(C5, "PMAX", pas="P1D", **JOURS)
    new = tiers.v3(C5, "PMAX", pas="P1D", **JOURS)
    assert [stamp[:10] for stamp in stamps(old)] == [
        (LUNDI + timedelta(rang)).isoformat() for rang in range(7)
    ]
    assert any(not stamp.endswith("T00:00:00.000+02:00") for stamp in stamps(old))
    assert [stamp[:19].replace("T", " ") for stamp in stamps(old)] == stamps(new)
    assert blocks(new)[0]["unite"] == "VA"
    assert (new["modeCalcul"], new["pas"]) == ("MESURE", "P1D")
    # A single-phase meter has no maxima by phase.
    assert tiers.v3(C5, "PMAX", "TOUT", pas="P1D", **JOURS) == new


def maxima_by_block(answer: Any) -> dict[str, list[tuple[str, str]]]:
    """The stamp and the value of each maximum, by quantity."""
    return {
        block["grandeurPhysique"]: [(row["d"], row["v"]) for row in listed(block["points"])]
        for block in blocks(answer)
    }


@pytest.mark.documented("GUI 0497 v1.5.0: PMA, PMA1, PMA2, PMA3, each with the time of its own")
def test_tout_gives_the_maxima_of_each_phase_of_a_three_phase_c5(tiers: Detaillees) -> None:
    daily = maxima_by_block(tiers.v3(C5_TRIPHASE, "PMAX", "TOUT", pas="P1D", **JOURS))
    assert list(daily) == ["PMA", "PMA1", "PMA2", "PMA3"]
    for rang, of_a_day in enumerate(zip(*daily.values(), strict=True)):
        jour = (LUNDI + timedelta(rang)).isoformat()
        assert [stamp[:10] for stamp, _ in of_a_day] == [jour] * 4
        assert len({stamp for stamp, _ in of_a_day}) == 4
        total, *phases = (int(value) for _, value in of_a_day)
        assert max(phases) < total <= sum(phases)
    mois = {"debut": date(2026, 5, 1), "fin": date(2026, 7, 1), "pas": "P1M"}
    monthly = maxima_by_block(tiers.v3(C5_TRIPHASE, "PMAX", "TOUT", **mois))
    assert {name: [stamp for stamp, _ in rows] for name, rows in monthly.items()} == {
        name: ["2026-05", "2026-06"] for name in daily
    }
    alone = maxima_by_block(tiers.v3(C5_TRIPHASE, "PMAX", pas="P1D", **JOURS))
    assert alone == {"PMA": daily["PMA"]}


@pytest.mark.documented("GUI 0497 v1.5.0 p. 5: P1D and P1M of a P4, in injection (GUI 0502)")
@pytest.mark.parametrize("prm", [P4, C5_SURPLUS])
def test_v3_maxima_of_what_is_injected(tiers: Detaillees, prm: str) -> None:
    daily = tiers.v3(prm, "PMAX", pas="P1D", sens="INJECTION", **JOURS)
    assert blocks(daily)[0]["grandeurMetier"] == "PROD"
    curve = tiers.v3(prm, "COURBE", sens="INJECTION", **JOURS)
    for stamp, value in zip(stamps(daily), values(daily), strict=True):
        # The end of a step bears the next day's name at midnight, where nothing is injected.
        assert value >= max(int(row["v"]) for row in rows(curve) if row["d"][:10] == stamp[:10])
    mois = {"debut": date(2026, 6, 1), "fin": date(2026, 7, 1)}
    every = tiers.v3(prm, "PMAX", pas="P1D", sens="INJECTION", **mois)
    monthly = tiers.v3(prm, "PMAX", "TOUT", pas="P1M", sens="INJECTION", **mois)
    assert [(row["d"], int(row["v"])) for row in rows(monthly)] == [("2026-06", max(values(every)))]


@pytest.mark.documented(
    "under 7 daily values an empty one, GUI 0488; in v3.0 the text null, beside the month alone, "
    "GUI 0497 v1.5.0"
)
def test_monthly_maxima(tiers: Detaillees) -> None:
    mois = {"debut": date(2026, 4, 27), "fin": date(2026, 6, 1), "pas": "P1M"}
    old, new = tiers.v2(C5, "PMAX", **mois), tiers.v3(C5, "PMAX", **mois)
    assert stamps(old) == ["2026-04-01T00:00:00.000+02:00", "2026-05-01T00:00:00.000+02:00"]
    assert stamps(new) == ["2026-04", "2026-05"]
    assert new["pas"] == "P1M"
    daily = tiers.v2(C5, "PMAX", pas="P1D", debut=date(2026, 5, 1), fin=date(2026, 6, 1))
    for answer, empty in ((old, None), (new, "null")):
        april, may = rows(answer)
        assert april["v"] == empty
        assert int(may["v"]) == max(values(daily))
