"""Each walk stays within its budget, and the tracer sees what leaves it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from journal_kit import RECORD
from made_states import copy_state

from bench.trace import KINDS, Counts, Step, Walk, kind_of, walk_of
from bench.walks import MARCHES, Marche, line_of
from sge_sim.journal.spool import SpoolWriter
from sge_sim.referentiel.apports import contradictions

PACKAGE = Path(__file__).parent.parent / "sge_sim"
BY_NAME = {marche.nom: marche for marche in MARCHES}


@cache
def walked(nom: str) -> Walk:
    # What other tests had read of points fills what is remembered of their values.
    contradictions._table.cache_clear()  # type: ignore[attr-defined]
    with TemporaryDirectory() as folder:
        copy_state(Path(folder), {})
        return BY_NAME[nom].take(Path(folder))


@pytest.mark.parametrize("marche", MARCHES, ids=BY_NAME)
def test_a_walk_stays_within_its_budget(marche: Marche) -> None:
    walk = walked(marche.nom)
    shown = "\n".join([*walk.lines(), line_of(marche, walk)])
    assert walk.counts.within(marche.budget), shown


@pytest.mark.parametrize("nom", ["courbe", "commande", "demande-m023", "data-connect"])
def test_a_call_goes_from_the_bytes_of_the_request_to_the_journal(nom: str) -> None:
    steps = walked(nom).steps
    functions = [step.function for step in steps]
    assert functions[0] == "RequestReader.receive"
    assert functions.index("RequestReader.take") < functions.index("SpoolWriter.append")
    assert functions[-1] == "http_date", "the head of the answer"
    assert any(step.of_a_table for step in steps), "the rules are walked through"


@pytest.mark.parametrize("nom", ["courbe", "commande", "demande-m023", "data-connect"])
def test_a_call_looks_at_the_state_once(nom: str) -> None:
    looks = walked(nom).calls_of("facts/memoire.py", "Memoire.look")
    assert looks == 1, "\n".join(walked(nom).lines())


def test_the_same_kinds_are_exempt_in_every_walk() -> None:
    patterns = [pattern for patterns in KINDS.values() for pattern in patterns]
    assert len(patterns) <= 15
    assert [each for each in patterns if not list(PACKAGE.glob(each))] == []


def test_nothing_that_reads_the_database_is_exempt() -> None:
    """Who has statements prepared, or runs them, speaks SQL."""
    speaking = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "Prepared(" in (text := path.read_text("utf-8")) or ".execute(" in text
    ]
    assert "facts/lecture.py" in speaking
    assert [file for file in speaking if kind_of(file) not in (None, "the journal")] == []


def test_a_station_that_is_called_again_is_counted() -> None:
    steps = [
        Step("a.py", "a", True, False),
        Step("soap/b.py", "b", True, False),
        Step("a.py", "inner", False, False),
        Step("soap/b.py", "c", True, False),
    ]
    walk = Walk(steps)
    assert walk.returns == ["soap/b.py c"]
    assert walk.counts == Counts(functions=4, file_changes=3, room_changes=0, returns=1)


def test_what_a_process_does_each_second_is_no_step(tmp_path: Path) -> None:
    writer = SpoolWriter(tmp_path, 1_000_000)
    functions = {step.function for step in walk_of(lambda: writer.append(RECORD)).steps}
    writer.close()
    assert {"SpoolWriter.append", "framed"} <= functions
    assert "SpoolWriter._look" not in functions


def test_a_count_beyond_its_budget_leaves_it() -> None:
    counts = Counts(4, 3, 0, 1)
    assert counts.within(counts)
    assert not counts.within(Counts(3, 3, 0, 1))
    assert not counts.within(Counts(4, 2, 0, 1))
    assert not counts.within(Counts(4, 3, 0, 0))
