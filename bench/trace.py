"""The walk of one call through the code: `make trace` prints it, a test holds it to its budgets.

What is walked: a 7-day curve of a C5, from the bytes of the request to those of the answer and the
journal, in a simulator that has answered others before. A step is a call of a named function of
the package; what a function makes inside itself (comprehensions, lambdas) and what the language
calls (`__init__`, `__hash__`, the resumption of a generator) belong to the step that needed it. The
rules and the checks of a certificate are entries of tables: they are steps, and none of the
functions.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import sge_sim
from bench.calls import PATH, check, collect_curves, demands
from bench.in_process import Caller, caller
from sge_sim.pki.request_checks import REQUEST_CHECKS
from sge_sim.services.registry import SERVICES
from sge_sim.transport.answering import pieces
from sge_sim.transport.framing import RequestReader

FUNCTIONS, FILE_CHANGES, ROOM_CHANGES = 90, 60, 20
"""The budgets: a walk that outgrows one has taken a way round."""

VALUES = {
    "clock.py": "dates and instants",
    "settings/__init__.py": "what the user chose",
    "soap/exchange.py": "what is known of the exchange",
    "facts/memoire.py": "the facts, as the view of this exchange shows them",
    "tables/fiches.py": "what a fact says",
    "mesures/calendrier.py": "the table of the days",
    "mesures/point.py": "what a point is",
    "refus.py": "the loop over a table of rules",
    "pki/request_checks.py": "the table of rules of a certificate",
    "services/consultation_mesures_detaillees/rules.py": "the table of rules",
    "services/consultation_mesures_detaillees/rules_point.py": "its part about the point",
    "services/consultation_mesures_detaillees/demande.py": "what is asked",
    "services/consultation_mesures_detaillees/consultation.py": "what the rules look at",
    "services/consultation_mesures_detaillees/series.py": "what is measured",
    "soap/context.py": "what Spyne's stations hand on",
}
"""Modules of values, that whoever holds one may ask again; each with what it holds."""

_PACKAGE = Path(sge_sim.__file__).parent
_JOURNAL = "journal/"
_WARM_UP = 150


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
class Walk:
    """The steps of a call, in their order."""

    steps: Sequence[Step]

    @property
    def functions(self) -> int:
        """How many functions are called, those of the tables apart."""
        return len({(one.file, one.function) for one in self.steps if not one.of_a_table})

    @property
    def files(self) -> int:
        """How many files they stand in."""
        return len({one.file for one in self.steps})

    @property
    def file_changes(self) -> int:
        """How often a step stands in another file than the one before."""
        return sum(a.file != b.file for a, b in pairwise(self.steps))

    @property
    def room_changes(self) -> int:
        """How often the walk enters another room; the modules that stand in none are common."""
        rooms = [one.room for one in self.steps if one.room]
        return sum(a != b for a, b in pairwise(rooms))

    @property
    def returns(self) -> list[str]:
        """The files that are called into again after the walk went on, but those of values."""
        seen: set[str] = set()
        again, last = [], ""
        for one in self.steps:
            entered = one.from_elsewhere and one.file != last
            if entered and one.file in seen and not _may_return(one.file):
                again.append(f"{one.file} {one.function}")
            seen.add(one.file)
            last = one.file
        return again

    def lines(self) -> Iterator[str]:
        """Tell the walk: its steps by file, then what it comes to."""
        last = ""
        for one in self.steps:
            if one.file != last:
                yield one.file
            yield f"    {one.function}"
            last = one.file
        yield ""
        yield f"functions       {self.functions:4}, at most {FUNCTIONS}"
        yield f"files           {self.files:4}"
        yield f"file changes    {self.file_changes:4}, at most {FILE_CHANGES}"
        yield f"room changes    {self.room_changes:4}, at most {ROOM_CHANGES}"
        yield f"called again    {len(self.returns):4}, none allowed"
        yield from (f"    {one}" for one in self.returns)


def _may_return(file: str) -> bool:
    return file in VALUES or file.startswith(_JOURNAL)


def walk_of(work: Callable[[], object]) -> Walk:
    """Return the steps that `work` takes in this thread."""
    steps: list[Step] = []
    started: set[FrameType] = set()  # held, so that none is taken for another
    entries = _entries()

    def note(frame: FrameType, event: str, _: Any) -> None:
        file = _place(frame)
        if event != "call" or file is None or frame in started:
            return
        started.add(frame)
        name = frame.f_code.co_qualname
        last = name.rpartition(".")[2]
        if last.startswith("<") or (last.startswith("__") and last != "__call__"):
            return
        caller = frame.f_back
        from_elsewhere = caller is None or _place(caller) != file
        steps.append(Step(file, name, from_elsewhere, frame.f_code in entries))

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return Walk(steps)


def _entries() -> set[CodeType]:
    """Return the code of the rules of all services, and of the checks of a certificate."""
    rules: list[Any] = [one.holds for service in SERVICES for one in service.controls]
    checks: list[Any] = [one.holds for one in REQUEST_CHECKS]
    return {one.__code__ for one in (*rules, *checks)}


def _place(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    return path.relative_to(_PACKAGE).as_posix() if path.is_relative_to(_PACKAGE) else None


def walk_of_a_curve(data_dir: Path) -> Walk:
    """Return the walk of a 7-day curve of a C5."""
    with caller(data_dir) as client:
        with client.simulator.database.transaction() as session:
            points = collect_curves(session)
        messages = demands(points)
        for message in islice(messages, _WARM_UP):
            client.post(PATH, message)
        return walk_of(lambda: check(_bytes_to_bytes(client, next(messages))))


def _bytes_to_bytes(client: Caller, message: bytes) -> bytes:
    reader = RequestReader(client.sender, 100_000, 1_000_000)
    reader.receive(
        f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\n"
        f"Content-Length: {len(message)}\r\n\r\n".encode()
        + message
    )
    request = reader.take()
    assert request is not None
    return b"".join(pieces(client.application(request), []))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print("\n".join(walk_of_a_curve(Path(folder)).lines()))
