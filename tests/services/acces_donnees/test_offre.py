"""GUI 0531 §2.1: each cell of the table, allowed or refused with its code."""

from itertools import product
from typing import Any

import pytest
from acces_kit import C4, C5, P1, P4, SAD, Tiers

pytestmark = pytest.mark.documented("GUI 0531 v1.1.0 §2.1, table p. 8")

PETITS, GRANDS = (C5, P4), (C4, P1)
BRUTE, CORRIGEE = False, True
SANS = "sans option"

# The rows of the table; the code of each refusal is assumed but for SGT4H5, SGT4H2 and SGT564.
TABLE: dict[tuple[str, Any], tuple[str | None, str | None]] = {
    ("CDC", SANS): (None, None),
    ("CDC", ("P1D", BRUTE)): (None, None),
    ("CDC", ("P1D", CORRIGEE)): ("SGT4H2", "SGT564"),
    ("CDC", ("P7D", BRUTE)): ("SGT4H5", None),
    ("CDC", ("P7D", CORRIGEE)): ("SGT4H2", None),
    ("CDC", ("P1M", BRUTE)): (None, None),
    ("CDC", ("P1M", CORRIGEE)): ("SGT4H2", None),
    ("CDC", ("P2D", BRUTE)): ("SGT4H5", "SGT4H5"),
    ("CDC", "P1D"): ("SGT562", "SGT562"),
    ("ENERGIE", SANS): (None, None),
    ("ENERGIE", "P1D"): ("SGT4H5", "SGT4H5"),
    ("ENERGIE", "P7D"): ("SGT4H5", "SGT4H5"),
    ("ENERGIE", "P1M"): ("SGT4H5", "SGT4H5"),
    ("PMAX", SANS): (None, "SGT4H8"),
    ("PMAX", "P1D"): (None, "SGT4H8"),
    ("PMAX", "P7D"): ("SGT4H5", "SGT4H8"),
    ("PMAX", "P1M"): (None, "SGT4H8"),
    ("IDX", SANS): (None, None),
    ("IDX", "P1D"): (None, None),
    ("IDX", "P7D"): ("SGT4H5", "SGT4H5"),
    ("IDX", "P1M"): (None, "SGT4H5"),
    # The flag of a type without natures is ignored.
    ("IDX", ("P1D", CORRIGEE)): (None, None),
    ("PMAX", ("P1D", CORRIGEE)): (None, "SGT4H8"),
    ("COURBE", SANS): ("SGT4Q1", "SGT4Q1"),
    ("INDEX", SANS): ("SGT4Q1", "SGT4Q1"),
}

CELLS = [(prm, *row, TABLE[row][prm in GRANDS]) for prm, row in product((*PETITS, *GRANDS), TABLE)]


def sens_of(prm: str) -> str:
    return "INJECTION" if prm in (P1, P4) else "SOUTIRAGE"


@pytest.mark.parametrize(("prm", "type_donnees", "option", "code"), CELLS)
def test_each_cell(
    tiers: Tiers, prm: str, type_donnees: str, option: Any, code: str | None
) -> None:
    asked: Any = type_donnees if option is SANS else (type_donnees, option)
    members = tiers.sad(prm, asked, sens=sens_of(prm))
    assert tiers.code(SAD, **members) == code
    # All or nothing: a refused service leaves none.
    assert len(tiers.services(prm)) == (1 if code is None else 0)


@pytest.mark.parametrize("type_donnees", ["CDC", "IDX", "ENERGIE", "PMAX"])
@pytest.mark.parametrize("niveau", [0, 1])
def test_nothing_is_offered_below_level_2(tiers: Tiers, type_donnees: str, niveau: int) -> None:
    tiers.set(C5, niveau_ouverture_services=niveau)
    try:
        assert tiers.code(SAD, **tiers.sad(C5, type_donnees)) == "SGT4H9"
    finally:
        tiers.set(C5, niveau_ouverture_services=2)


@pytest.mark.documented("GUI 0531 v1.1.0 p. 16: one option a service on C5, several on the curve")
def test_how_many_options_a_service_has(tiers: Tiers) -> None:
    two = ("CDC", ("P1D", BRUTE), ("P1M", BRUTE))
    assert tiers.code(SAD, **tiers.sad(C5, two)) == "SGT4H5"
    assert tiers.code(SAD, **tiers.sad(C5, ("IDX", "P1D", "P1M"))) == "SGT4H5"
    # Twice the same nature is useless (§1.4).
    assert tiers.code(SAD, **tiers.sad(C4, two)) == "SGT4H5"
    assert tiers.order(C4, ("CDC", ("P1D", BRUTE), ("P1M", CORRIGEE)))


@pytest.mark.documented("GUI 0531 v1.1.0 §1.3: one service that isn't admissible refuses all")
def test_one_refused_service_refuses_the_order(tiers: Tiers) -> None:
    members = tiers.sad(C5, "ENERGIE", ("IDX", "P7D"))
    assert tiers.code(SAD, **members) == "SGT4H5"
    assert tiers.services(C5) == []
    assert len(tiers.order(C5, "ENERGIE", ("IDX", "P1D"))) == 2
