"""CMD v3 with SERVICE_ACCES: what an access service that was ordered lets its actor consult."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from acces_kit import ASAD, C5, TODAY, Tiers, tiers_in_process
from demandes import mesures_detaillees

CMD = "/ConsultationMesuresDetaillees/v3.0"
TYPES = {"ENERGIE": ("ENERGIE", "EA"), "IDX": ("INDEX", "EA"), "PMAX": ("PMAX", "PMA")}


@pytest.fixture(
    scope="module",
    params=[{"environment": "production"}, {"periode_acces_required": True}],
    ids=str,
)
def strict(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Tiers]:
    with tiers_in_process(tmp_path_factory.mktemp("strict"), **request.param) as tiers:
        yield tiers


def consult(
    tiers: Tiers, debut: date, fin: date, type_donnees: str = "ENERGIE", **changes: Any
) -> str | None:
    """Consult by an access service; return the code of the refusal."""
    asked = {"cadreAcces": "SERVICE_ACCES", **changes}
    return tiers.code(
        CMD, **mesures_detaillees(tiers.login, C5, *TYPES[type_donnees], debut, fin, **asked)
    )


@pytest.mark.documented("GUI 0497 v1.5.0 p. 4-5: an access service over the whole period")
def test_the_whole_period_is_covered_in_production_and_where_it_is_asked(strict: Tiers) -> None:
    (numero,) = strict.order(C5, "ENERGIE")
    strict.advance("20d")
    assert consult(strict, TODAY, TODAY + timedelta(days=7)) is None
    assert consult(strict, TODAY - timedelta(days=1), TODAY + timedelta(days=7)) == "SGT211"
    assert strict.code(ASAD, **strict.numbered(C5, [numero])) is None
    assert consult(strict, TODAY, TODAY + timedelta(days=7)) == "SGT211"


@pytest.mark.observed("26.1, CMD3-R6: a past period is read with the service just ordered")
def test_the_past_is_served_in_homologation(tiers: Tiers) -> None:
    period = TODAY - timedelta(days=30), TODAY - timedelta(days=23)
    assert consult(tiers, *period) == "SGT211"
    (numero,) = tiers.order(C5, "ENERGIE")
    assert consult(tiers, *period) is None
    # Another type or direction is another service.
    assert consult(tiers, *period, "IDX") == "SGT211"
    assert consult(tiers, *period, sens="INJECTION") in ("SGT211", "SGT588")
    with tiers.acting_as("fournisseur") as supplier:
        assert consult(supplier, *period) == "SGT211"
    assert tiers.code(ASAD, **tiers.numbered(C5, [numero])) is None
    assert consult(tiers, *period) == "SGT211"


def test_a_service_that_has_ended_covers_nothing(tiers: Tiers) -> None:
    tiers.order(C5, "ENERGIE", dateFin=TODAY + timedelta(days=10))
    tiers.advance("9d")
    assert consult(tiers, TODAY, TODAY + timedelta(days=7)) is None
    tiers.advance("1d")
    assert consult(tiers, TODAY, TODAY + timedelta(days=7)) == "SGT211"
