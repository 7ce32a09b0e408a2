"""The test modules that prove a module of the package, the nearest first.

Who imports whom is read in the files, in functions too. An import is a step, from a test or what it
stands on to the package, and from a module of it to another.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from drawn_mutants import ROOT

TESTS = ROOT / "tests"
_MOST = 30
"""More wouldn't be run in the time that a mutant has."""
_FEW = 4
_STARTED = {"loaded_programs": r"sge_sim\.cli", "sge_sim.services.registry": r".*\.service"}
"""Who starts or finds modules by their names."""
_TOO = {"tables": "schema"}
"""Tests of another room that are of one's own too: what is made of the tables."""
_IMPORTED = re.compile(r"^ *(?:from ([\w.]+) )?import (\([^)]*\)|.+)$", re.M)
_OF_OTHER_TARGETS = re.compile(r"^pytestmark = \[?\s*pytest\.mark\.(\w+)$", re.M)


@cache
def nearest_tests(file: str, fonction: str) -> list[str]:
    """Return the test modules of a file of the package, by their paths in the tree.

    First the one that has its name, then those of its own room and of the rooms that name the
    function, then those around it; then by steps, one less where the function is named.
    """
    room = Path(file).parent.relative_to("sge_sim")
    own = _home(room)
    homes = {own, *map(_home, _rooms_that_name(fonction))}
    found = []
    for name, steps in _steps_to(_name_of(ROOT / file)).items():
        test = _files()[name]
        if not test.name.startswith("test_") or is_of_another_target(test):
            continue
        folder = test.parent.relative_to(TESTS)
        at_home = any(map(folder.is_relative_to, homes)) or folder.name == _TOO.get(own.name)
        has_its_name = folder.is_relative_to(own) and test.stem.endswith(f"_{Path(file).stem}")
        names_it = re.search(rf"\b{fonction}\b", _text(test)) is not None
        around = folder.parts[:1] == room.parts[:1]
        found.append((not has_its_name, not at_home, not around, steps - names_it, test))
    return [test.relative_to(ROOT).as_posix() for *_, test in sorted(found)[:_MOST]]


def is_of_another_target(test: Path) -> bool:
    """Whether the suite leaves a module of tests out, or has it run in a project of its own."""
    return TESTS / "examples" in test.parents or _OF_OTHER_TARGETS.search(_text(test)) is not None


def rooms_of(file: str) -> set[Path]:
    """Return the folders of the tests of a file of the package, by their paths in the tree."""
    home = TESTS / _home(Path(file).parent.relative_to("sge_sim"))
    return {home.relative_to(ROOT), (TESTS / _TOO.get(home.name, home.name)).relative_to(ROOT)}


def _home(room: Path) -> Path:
    """Return the folder of the tests of a room."""
    return next(each for each in (room, *room.parents) if (TESTS / each).is_dir())


@cache
def _rooms_that_name(fonction: str) -> list[Path]:
    """Return the rooms whose modules name a function; none of a name that many have."""
    named = re.compile(rf"\b{fonction}\b")
    rooms = {
        file.parent.relative_to(ROOT / "sge_sim")
        for file in (ROOT / "sge_sim").rglob("*.py")
        if fonction and named.search(_text(file))
    }
    return sorted(rooms) if len(rooms) <= _FEW else []


def _steps_to(module: str) -> dict[str, int]:
    """Return what imports a module, itself or through others, by the least number of steps."""
    steps, last = {module: 0}, [module]
    while last:
        last = [importer for name in last for importer in sorted(_importers()[name] - steps.keys())]
        steps |= dict.fromkeys(last, max(steps.values()) + 1)
    return steps


@cache
def _importers() -> dict[str, set[str]]:
    """Return who imports each module."""
    importers: defaultdict[str, set[str]] = defaultdict(set)
    for name, file in _files().items():
        for imported in _imported(_text(file)):
            importers[imported].add(name)
        for folder in (file.parent, *file.parent.parents) if file.is_relative_to(TESTS) else ():
            if folder.is_relative_to(TESTS) and folder != TESTS:
                importers[str(folder / "conftest.py")].add(name)
    for starter, started in _STARTED.items():
        for name in filter(re.compile(started).match, _files()):
            importers[name].add(starter)
    return importers


def _imported(text: str) -> Iterator[str]:
    """Yield the modules of the tree that a module imports."""
    for module, names in _IMPORTED.findall(text):
        for name in re.findall(r"\w+", names):
            found = (f"{module}.{name}", _given(module, name), module)
            yield next((each for each in found if each in _files()), "")


@cache
def _given(package: str, name: str) -> str:
    """Return the module from which a package imports a name, where it does."""
    file = _files().get(package, Path())
    if file.name == "__init__.py":
        for module, names in _IMPORTED.findall(_text(file)):
            if name in re.findall(r"\w+", names):
                return str(module)
    return ""


@cache
def _files() -> dict[str, Path]:
    """Return the modules of the package, of the walks and of the tests."""
    return {
        _name_of(file): file
        for folder in ("sge_sim", "bench", "tests")
        for file in sorted((ROOT / folder).rglob("*.py"))
    }


def _name_of(file: Path) -> str:
    """Return what a module is imported by; a `conftest.py` is known by its path."""
    if file.is_relative_to(TESTS):
        return str(file) if file.name == "conftest.py" else file.stem
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")
