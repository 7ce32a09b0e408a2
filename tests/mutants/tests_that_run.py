"""The tests that run a line of the package, as coverage saw them: `note_lines` writes it first."""

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from drawn_mutants import ROOT, Mutant
from nearest_tests import TESTS, is_of_another_target, nearest_tests, rooms_of

NOTED = ROOT / ".venv" / "lines_run"
LINES, SECONDS = "lines", "seconds.json"
"""What `note_lines` writes there: a file of coverage, and what each test took."""
_SPENT = 120.0
"""Seconds that the tests of a mutant took together as they were noted: a third without coverage."""
_SOON = 8.0
"""Seconds of a module's tests after which those of others come first."""
_TELLING = re.compile(r"[^'\"{}]{4,}")
"""What a text says that few others do."""
_MANY = 12
"""Tests that name a word which tells nothing: it is everywhere."""


def tests_that_run(mutant: Mutant) -> list[str]:
    """Return what pytest is to run on a mutant: what names it, the nearest, then what takes long.

    What runs when a module is loaded, or in a process that no test knows, is proved by the modules
    of tests around it: they come after those that were seen to run the line.
    """
    first = tests_that_name(mutant)
    nearest = nearest_tests(mutant.file, mutant.fonction)
    ranks = {module: rank for rank, module in enumerate(nearest)}
    noted: defaultdict[str, set[str]] = defaultdict(set)
    for place in _places(mutant):
        for test in _noted(*place):
            noted[test.partition("::")[0]].add(test)

    def place(module: str) -> tuple[bool, float, int]:
        ran, rank = noted.get(module), ranks.get(module, len(ranks))
        seconds = sum(map(_seconds, ran)) if ran else _module_seconds().get(module, 0.0)
        return seconds > _SOON, seconds if ran is None and rank else 0.0, rank

    others = [
        test
        for module in sorted({*nearest, *noted}, key=place)
        for test in _in_order(noted.get(module, _tests_of(module)))
    ]
    # What is computed once was seen to be run by the first test alone that needed it, and what a
    # module says as it is loaded by none.
    homes = rooms_of(mutant.file)
    room = [
        test
        for module in _files().values()
        if Path(module).parent in homes
        for test in _tests_of(module)
    ]
    return list(_afforded(dict.fromkeys((*first, *_soon_run(room), *others, *room))))


def _afforded(tests: Iterable[str]) -> Iterator[str]:
    """Yield those of tests for which the seconds are left: the same ones however slow it is now."""
    left = _SPENT
    for test in tests:
        if _seconds(test) <= left:
            left -= _seconds(test)
            yield test


def tests_that_name(mutant: Mutant) -> list[str]:
    """Return the quick tests that name what a mutant changes, or a page where its text stands."""
    texts = map(str.strip, _TELLING.findall(mutant.avant) if '"' in mutant.avant else ())
    found: set[str] = set()
    for text in filter(None, (mutant.fonction, *texts)):
        pages = [page.name for page in _pages() if text in _text(page)]
        named = "|".join(map(re.escape, (text, *pages)))
        found |= set(_tests_that_say(re.compile(rf"\b({named})(?!\w)")))
    return _soon_run(found)


def _soon_run(tests: Iterable[str]) -> list[str]:
    """Return the quick ones among tests: together they take little, module after module."""
    spent, chosen = 0.0, []
    for test in sorted(tests, key=lambda each: (_seconds(each), each)):
        spent += _seconds(test)
        if spent <= _SOON:
            chosen.append(test)
    return _in_order(chosen)


def _in_order(tests: Iterable[str]) -> list[str]:
    """Return tests module after module, each as it stands in its own."""

    def place(test: str) -> tuple[str, int]:
        module = test.partition("::")[0]
        return module, _tests_of(module).index(test)

    return sorted(tests, key=place)


def _tests_that_say(pattern: re.Pattern[str]) -> list[str]:
    """Return the tests whose text has a pattern; where it stands outside of them, all of those of
    the module."""
    modules = [module for module in _files().values() if pattern.search(_text(ROOT / module))]
    if len(modules) > _MANY:
        return []
    found = []
    for module in modules:
        said = {
            getattr(node, "name", "")
            for node in _tree(module).body
            if pattern.search(ast.unparse(node))
        }
        tests = [test for test in _tests_of(module) if test.partition("::")[2] in said]
        found += tests if len(tests) == len(said) else _tests_of(module)
    return found if len(found) <= 2 * _MANY else []


@cache
def _tests_of(module: str) -> list[str]:
    """Return the tests of a module by name: pytest runs a test asked for twice but once."""
    functions = (each.name for each in _tree(module).body if isinstance(each, ast.FunctionDef))
    return [f"{module}::{name}" for name in functions if name.startswith("test_")]


@cache
def _pages() -> list[Path]:
    """Return the files beside the tests and in the documentation that hold texts of the package."""
    return [*(ROOT / "docs").glob("*.md"), *TESTS.rglob("*.yaml"), *TESTS.rglob("*.json")]


def _places(mutant: Mutant) -> Iterator[tuple[str, int]]:
    """Yield the file and the line of a mutant; of what a module makes as it is loaded, the lines
    that use it, or what is made of it."""
    yield mutant.file, mutant.number
    left = [(mutant.file, name) for name in _made_by(mutant.file, mutant.number)]
    seen = set(left)
    for file, name in left:
        for place in _uses(file, name):
            made = {(place[0], other) for other in _made_by(*place)} - seen
            seen |= made
            left += made
            yield place


def _uses(file: str, name: str) -> Iterator[tuple[str, int]]:
    used = re.compile(rf"\b{name}\b")
    files = [ROOT / file] if name.startswith("_") else sorted((ROOT / "sge_sim").rglob("*.py"))
    for each in files:
        for number, line in enumerate(_text(each).splitlines(), 1):
            if used.search(line):
                yield each.relative_to(ROOT).as_posix(), number


def _made_by(file: str, number: int) -> list[str]:
    """Return the names that a line of a module gives to what isn't a function nor a class."""
    for node in _tree(file).body:
        if node.lineno <= number <= (node.end_lineno or 0):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    return [name]
                case ast.AnnAssign(target=ast.Name(id=name)):
                    return [name]
    return []


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(_text(ROOT / file))


@cache
def _text(file: Path) -> str:
    return file.read_text()


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
    return {
        file.stem: file.relative_to(ROOT).as_posix()
        for file in TESTS.rglob("test_*.py")
        if not is_of_another_target(file)
    }
