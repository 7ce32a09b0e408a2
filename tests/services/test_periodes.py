"""How far back a service looks."""

from datetime import date

import pytest

from sge_sim.services.periodes import months_before


@pytest.mark.assumed("the same day of the month is still served")
@pytest.mark.parametrize(
    ("jour", "mois", "avant"),
    [
        (date(2026, 7, 15), 24, date(2024, 7, 15)),
        (date(2026, 1, 31), 11, date(2025, 2, 28)),
        (date(2024, 2, 29), 36, date(2021, 2, 28)),
        (date(2026, 1, 1), 1, date(2025, 12, 1)),
    ],
)
def test_months_are_counted_back_to_the_same_day(jour: date, mois: int, avant: date) -> None:
    assert months_before(jour, mois) == avant
