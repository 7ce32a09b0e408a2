"""Years from a 29 February, which most years don't have."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from acces_kit import ACCES, C4, C5, RSAD, SAD, Tiers, tiers_in_process

DERNIER_JOUR = date(2031, 2, 28)
TROP_TARD = DERNIER_JOUR + timedelta(days=1)


@pytest.fixture(scope="module")
def tiers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    with tiers_in_process(tmp_path_factory.mktemp("bissextile"), now="2028-02-29T10:00") as tiers:
        yield tiers


@pytest.mark.assumed("years from a 29 February end on a 28")
@pytest.mark.parametrize("prm", [C5, C4])
def test_three_years_from_a_29_february_end_on_the_28(tiers: Tiers, prm: str) -> None:
    assert tiers.code(SAD, **tiers.sad(prm, "ENERGIE", dateFin=TROP_TARD)) == "SGT5O9"
    (numero,) = tiers.order(prm, "ENERGIE", dateFin=DERNIER_JOUR - timedelta(days=1))
    assert tiers.code(RSAD, **tiers.renewal(prm, [numero], dateFin=TROP_TARD)) == "SGT5O9"
    assert tiers.code(RSAD, **tiers.renewal(prm, [numero], dateFin=DERNIER_JOUR)) is None
    asked = {"typeDonnees": "IDX"}
    assert tiers.code(ACCES, **tiers.acces(prm, dateFin=TROP_TARD, **asked)) == "SGT5O9"
    assert tiers.code(ACCES, **tiers.acces(prm, dateFin=DERNIER_JOUR, **asked)) is None
