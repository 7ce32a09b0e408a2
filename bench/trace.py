"""The steps of a walk through the code, and what they come to.

A step is a call of a named function of the package; what a function makes inside itself
(comprehensions, lambdas) and what the language calls (`__init__`, `__hash__`, the resumption of a
generator) belong to the step that needed it, and so does what keeps a result (`_KEEPING`). What a
process does once a second (`_EACH_SECOND`) is no step of the call that it falls upon. The rules and
the checks of a certificate are entries of tables: they are steps, none of the functions, and no
returns.

A room is one that `docs/rooms.yaml` names. A return is a step into a file that the walk had left,
called from another file. What is of one of `KINDS` may be asked again by whoever holds it; the list
is the same for every walk, and nothing of it reads the database.
"""

import gc
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import sge_sim
from sge_sim.dataconnect.mesures_2026 import CONTROLS as DATA_CONNECT
from sge_sim.dataconnect.v5 import CONTROLS as DATA_CONNECT_V5
from sge_sim.flux.r6x.recevabilite import RULES as RULES_OF_REPORTS
from sge_sim.pki.request_rules import REQUEST_CHECKS
from sge_sim.services.registry import SERVICES

KINDS = {
    "the clock, and the table of the days": ("clock.py", "mesures/calendrier.py"),
    "what the user chose": ("settings/__init__.py",),
    "what is known of the exchange": ("*/e*change.py",),
    "the facts, and what they say": ("facts/memoire.py", "tables/*_facts.py"),
    "a table of rules": ("refus.py", "**/*rules*.py"),
    "what the rules look at": ("services/ordres.py", "services/*/demande.py"),
    "dated prices, and what is rounded": ("facturation/prix.py", "facturation/lignes.py"),
    "what is measured": ("mesures/series.py", "mesures/point.py"),
    "the journal": ("journal/*",),
}
"""What may be called into again: each kind, and the files that are of it."""

_PACKAGE = Path(sge_sim.__file__).parent
_KEEPING = _PACKAGE / "machine" / "once.py"
_EACH_SECOND = "SpoolWriter._look"


@dataclass(frozen=True)
class Step:
    """One call: where the function stands in the package, its name, whether another file called
    it, and whether it is an entry of a table."""

    file: str
    function: str
    from_elsewhere: bool
    of_a_table: bool

    @property
    def room(self) -> str:
        """The folder of the package, empty for the modules that stand in none."""
        return self.file.rpartition("/")[0].partition("/")[0]


@dataclass(frozen=True)
class Counts:
    """What a walk comes to, or may come to: functions but those of the tables, changes of file and
    of room, returns to a file that it had left."""

    functions: int
    file_changes: int
    room_changes: int
    returns: int

    def within(self, budget: "Counts") -> bool:
        """Tell whether none of the four is beyond its budget."""
        return (
            self.functions <= budget.functions
            and self.file_changes <= budget.file_changes
            and self.room_changes <= budget.room_changes
            and self.returns <= budget.returns
        )


@dataclass(frozen=True)
class Walk:
    """The steps of a call, in their order."""

    steps: Sequence[Step]

    @property
    def counts(self) -> Counts:
        """What it comes to."""
        rooms = [step.room for step in self.steps if step.room]
        return Counts(
            len({(step.file, step.function) for step in self.steps if not step.of_a_table}),
            sum(a.file != b.file for a, b in pairwise(self.steps)),
            sum(a != b for a, b in pairwise(rooms)),
            len(self.returns),
        )

    @property
    def returns(self) -> list[str]:
        """The steps that call into a file again after the walk went on, but those of `KINDS`."""
        seen: set[str] = set()
        again, last = [], ""
        for step in self.steps:
            entered = step.from_elsewhere and step.file != last
            exempt = step.of_a_table or kind_of(step.file) is not None
            if entered and step.file in seen and not exempt:
                again.append(f"{step.file} {step.function}")
            seen.add(step.file)
            last = step.file
        return again

    def calls_of(self, file: str, function: str) -> int:
        """Return how often a function is called."""
        return sum((step.file, step.function) == (file, function) for step in self.steps)

    def lines(self) -> Iterator[str]:
        """Tell the walk: its steps by file, then its returns."""
        last = ""
        for step in self.steps:
            if step.file != last:
                yield step.file
            yield f"    {step.function}"
            last = step.file
        if self.returns:
            yield "called again:"
            yield from (f"    {each}" for each in self.returns)


def kind_of(file: str) -> str | None:
    """Return the kind of `KINDS` that a file is of."""
    return next(
        (kind for kind, files in KINDS.items() if any(fnmatch(file, each) for each in files)), None
    )


def walk_of(work: Callable[[], object]) -> Walk:
    """Return the steps that `work` takes in this thread, and in those that it starts."""
    steps: list[Step] = []
    started: set[FrameType] = set()  # held, so that none is taken for another
    entries = _entries()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event != "call" or frame in started or (file := _place_of(frame.f_code)) is None:
            return
        started.add(frame)
        name = frame.f_code.co_qualname
        last = name.rpartition(".")[2]
        dunder = last.startswith("__") and last != "__call__"
        if last.startswith("<") or dunder or name == _EACH_SECOND:
            return
        steps.append(Step(file, name, _caller_of(frame) != file, frame.f_code in entries))

    gc.disable()  # what others have left isn't closed on the way
    sys.setprofile(note)
    threading.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        gc.enable()
    return Walk(steps)


def _entries() -> set[CodeType]:
    """Return the code of the rules of all services, of the reports of M023 and of Data Connect, and
    of the checks of a certificate."""
    rules: list[Any] = [rule.holds for service in SERVICES for rule in service.controls]
    for others in (DATA_CONNECT, DATA_CONNECT_V5, RULES_OF_REPORTS):
        rules += [rule.holds for rule in others]
    checks: list[Any] = [check.holds for check in REQUEST_CHECKS]
    return {function.__code__ for function in (*rules, *checks)}


def _caller_of(frame: FrameType) -> str | None:
    """Return the file of the package that had a function called, by way of a library or not."""
    caller = frame.f_back
    while caller is not None and _place_of(caller.f_code) is None:
        caller = caller.f_back
    return None if caller is None else _place_of(caller.f_code)


@cache
def _place_of(code: CodeType) -> str | None:
    path = Path(code.co_filename)
    ours = path.is_relative_to(_PACKAGE) and path != _KEEPING
    return path.relative_to(_PACKAGE).as_posix() if ours else None
