"""The walk of a call stays within its budgets, and the tracer sees what leaves them."""

from pathlib import Path

import pytest

from bench.trace import FILE_CHANGES, FUNCTIONS, ROOM_CHANGES, VALUES, Step, Walk, walk_of_a_curve

PACKAGE = Path(__file__).parent.parent / "sge_sim"


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return walk_of_a_curve(tmp_path_factory.mktemp("walk"))


def test_a_call_walks_through_few_functions_files_and_rooms(walk: Walk) -> None:
    told = "\n".join(walk.lines())
    assert walk.functions <= FUNCTIONS, told
    assert walk.file_changes <= FILE_CHANGES, told
    assert walk.room_changes <= ROOM_CHANGES, told


def test_no_station_is_called_again_once_the_walk_went_on(walk: Walk) -> None:
    assert walk.returns == [], "\n".join(walk.lines())


def test_the_walk_goes_from_the_bytes_of_the_request_to_the_journal(walk: Walk) -> None:
    functions = [one.function for one in walk.steps]
    assert functions[0] == "RequestReader.receive"
    assert functions.index("RequestReader.take") < functions.index("SpoolWriter.append")
    assert sum(one.of_a_table for one in walk.steps) > 20, "the rules are walked through"


def test_every_module_of_values_is_still_there() -> None:
    assert [name for name in VALUES if not (PACKAGE / name).is_file()] == []


def test_a_station_that_is_called_again_is_told() -> None:
    steps = [
        Step("a.py", "a", True, False),
        Step("soap/b.py", "b", True, False),
        Step("a.py", "inner", False, False),
        Step("soap/b.py", "c", True, False),
    ]
    walk = Walk(steps)
    assert walk.returns == ["soap/b.py c"]
    assert (walk.functions, walk.file_changes, walk.room_changes) == (4, 3, 0)
