"""The tests that run a line of the package, as coverage saw them: `note_lines` writes it first."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

from drawn_mutants import ROOT, Mutant
from nearest_tests import TESTS, nearest_tests

NOTED = ROOT / ".venv" / "lines_run"
LINES, SECONDS = "lines", "seconds.json"
"""What `note_lines` writes there: a file of coverage, and what each test took."""
_SOON = 8.0
"""Seconds of a module's tests after which those of others come first."""


def tests_that_run(mutant: Mutant) -> list[str]:
    """Return what pytest is to run on a mutant: the nearest first, then what takes long.

    What runs when a module is loaded, or in a process that no test knows, is proved by the modules
    of tests around it: they come after those that were seen to run the line.
    """
    nearest = nearest_tests(mutant.file, mutant.fonction)
    ranks = {module: rank for rank, module in enumerate(nearest)}
    noted: defaultdict[str, set[str]] = defaultdict(set)
    for place in _places(mutant):
        for test in _noted(*place):
            noted[test.partition("::")[0]].add(test)

    def place(module: str) -> tuple[bool, bool, int]:
        ran = noted.get(module)
        seconds = sum(map(_seconds, ran)) if ran else _module_seconds().get(module, 0.0)
        return seconds > _SOON, ran is None, ranks.get(module, len(ranks))

    return [
        test
        for module in sorted({*nearest, *noted}, key=place)
        for test in sorted(noted.get(module, {module}))
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
    """Yield the tests that ran a line; what goes on over several has the one where it began."""
    lines = _lines(file)
    began = max((each for each in lines if each <= number), default=number)
    return filter(None, map(_test, lines.get(began, [])))


@cache
def _all_seconds() -> dict[str, float]:
    found: dict[str, float] = json.loads((NOTED / SECONDS).read_bytes())
    return found


def _seconds(test: str) -> float:
    return _all_seconds().get(test, 0.0)


@cache
def _module_seconds() -> Counter[str]:
    found: Counter[str] = Counter()
    for test, seconds in _all_seconds().items():
        found[test.partition("::")[0]] += seconds
    return found


@cache
def _lines(file: str) -> dict[int, list[str]]:
    from coverage import CoverageData

    data = CoverageData(str(NOTED / LINES))
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
