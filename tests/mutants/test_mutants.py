"""What `make mutants` draws, and the tests that it chooses."""

import ast
from itertools import chain
from pathlib import Path

import pytest
from drawn_mutants import ROOT, SourceFile, draw
from nearest_tests import nearest_tests
from play_mutants import equivalents, stale

TOY = '''\
"""A module."""
import logging
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["borne"]
_log = logging.getLogger("toy")
Sens = Literal["A", "B"]
MOST: Final = 3
"""What is borne."""


@dataclass(frozen=True)
class Borne:
    """What is borne."""


def borne(value: int | None = 0, kind: "str" = "é") -> int | None:
    """Bound a value."""
    assert value is not None
    _log.warning("no")
    if value + 1 < MOST and not kind:
        raise ValueError(f"{value}" "x")
    return value
'''
CHANGED = {
    ('"toy"', '"XXtoy"'),
    ("3", "4"),
    ("3", "2"),
    ("0", "1"),
    ("0", "-1"),
    ('"é"', '"XXé"'),
    ("value + 1", "value - 1"),
    ("1", "2"),
    ("1", "0"),
    ("value + 1 < MOST", "value + 1 <= MOST"),
    ("value + 1 < MOST", "value + 1 >= MOST"),
    ("value + 1 < MOST and not kind", "value + 1 < MOST or not kind"),
    ("value + 1 < MOST and not kind", "not (value + 1 < MOST and not kind)"),
    ("not kind", "kind"),
    ('raise ValueError(f"{value}" "x")', "pass"),
    ('f"{value}" "x"', 'f"XX{value}" "x"'),
    ("return value", "return None"),
}


def test_what_runs_is_changed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "toy.py"
    path.write_text(TOY, encoding="utf-8")
    toy = SourceFile(str(path))
    found = [
        mutant
        for statement in toy.statements()
        for mutant in chain.from_iterable(statement.mutants().values())
    ]
    assert {(mutant.avant, mutant.apres) for mutant in found} == CHANGED
    for mutant in found:
        whole = mutant.source.decode()
        assert toy.is_another(mutant), mutant.change
        lines = zip(TOY.splitlines(), whole.splitlines(), strict=True)
        assert [rank for rank, (a, b) in enumerate(lines, 1) if a != b] == [mutant.number]


def test_a_seed_draws_the_same_mutants_and_another_seed_others() -> None:
    drawn = list(draw(1, 20, ["commandes"]))
    assert drawn == list(draw(1, 20, ["commandes"]))
    assert len({mutant.key for mutant in drawn}) == 20
    assert drawn != list(draw(2, 20, ["commandes"]))


def test_each_mutant_that_is_drawn_is_another_program() -> None:
    for mutant in draw(3, 20, ["door"]):
        there = (ROOT / mutant.file).read_bytes()
        compile(mutant.source, mutant.file, "exec")
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(there))


@pytest.mark.parametrize(
    ("file", "function", "nearest"),
    [
        ("mesures/index.py", "index_aux", "mesures/test_index.py"),
        ("tables/points.py", "Point", "tables/test_tables_points.py"),
        ("services/m023/rules.py", "quota_du_jour", "services/m023/test_m023.py"),
        ("flux/r6x/tableau.py", "read_points", "flux/test_r6x.py"),
    ],
)
def test_the_tests_of_a_module_come_first(file: str, function: str, nearest: str) -> None:
    chosen = nearest_tests(f"sge_sim/{file}", function)
    assert chosen[0] == f"tests/{nearest}"
    assert all((ROOT / test).exists() for test in chosen)


def test_what_is_said_to_change_nothing_is_a_mutant_still() -> None:
    known = equivalents()
    assert stale(known) == []
    gone = ("sge_sim/refus.py", "there is no such line", "1 → 2")
    assert stale([gone]) == [gone]
