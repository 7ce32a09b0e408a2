"""The tests that run a line of the package, as coverage saw them: `make mutants` notes it first."""

import re
from collections.abc import Iterator
from functools import cache

from drawn_mutants import ROOT, Mutant
from nearest_tests import TESTS, nearest_tests

NOTED = ROOT / ".venv" / "lines_run" / "data"


def tests_that_run(mutant: Mutant) -> list[str]:
    """Return what pytest is to run on a mutant, the nearest first.

    What runs when a module is loaded, or in a process that no test knows, is proved by the modules
    of tests around it: they come last.
    """
    nearest = nearest_tests(mutant.file, mutant.fonction)
    ranks = {module: rank for rank, module in enumerate(nearest)}
    noted = {test for place in _places(mutant) for test in _noted(*place)}
    modules = {test.partition("::")[0] for test in noted}
    return [
        *sorted(noted, key=lambda test: (ranks.get(test.partition("::")[0], len(ranks)), test)),
        *(module for module in nearest if module not in modules),
    ]


def _places(mutant: Mutant) -> Iterator[tuple[str, int]]:
    """Yield the file and the line of a mutant; of a constant, those that use it."""
    yield mutant.file, mutant.number
    if mutant.fonction.isupper():
        used = re.compile(rf"\b{mutant.fonction}\b")
        private = mutant.fonction.startswith("_")
        for file in [ROOT / mutant.file] if private else sorted((ROOT / "sge_sim").rglob("*.py")):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if used.search(line):
                    yield file.relative_to(ROOT).as_posix(), number


def _noted(file: str, number: int) -> Iterator[str]:
    return filter(None, map(_test, _lines(file).get(number, [])))


@cache
def _lines(file: str) -> dict[int, list[str]]:
    from coverage import CoverageData

    data = CoverageData(str(NOTED))
    data.read()
    return data.contexts_by_lineno(str(ROOT / file))


@cache
def _test(context: str) -> str:
    """Return what pytest calls a test that coverage calls `module.test_function`."""
    module, _, function = context.partition(".")
    return f"{_files()[module]}::{function.replace('.', '::')}" if module in _files() else ""


@cache
def _files() -> dict[str, str]:
    return {file.stem: file.relative_to(ROOT).as_posix() for file in TESTS.rglob("test_*.py")}
