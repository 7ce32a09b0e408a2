"""Where the processor's time of a run goes: `make costs`, a plugin that `-p costs` loads.

A test costs what its own process computes, what programs do that it starts cold, loading all their
modules, and what those do that are forked from one that has them (`loaded_programs`). A simulator
that several tests share is counted with the first that asked for it.
"""

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF
from typing import Final

import pytest
from loaded_programs import COSTS, TEST, computed, note

_DEAREST: Final = 15
_KINDS: Final = ("own", "forked", "cold")
_BEGUN = pytest.StashKey[float]()


def pytest_configure() -> None:
    os.environ.setdefault(COSTS, tempfile.mkdtemp(prefix="costs"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    os.environ[TEST] = item.nodeid
    own, cold = computed(RUSAGE_SELF), computed(RUSAGE_CHILDREN)
    result = yield
    own, cold = computed(RUSAGE_SELF) - own, computed(RUSAGE_CHILDREN) - cold
    note(test=item.nodeid, own=own, cold=cold)
    return result


def pytest_collection_finish() -> None:
    note(collected=computed(RUSAGE_SELF))


def pytest_sessionstart(session: pytest.Session) -> None:
    session.config.stash[_BEGUN] = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables; the processes of xdist have none."""
    rooms: Counter[tuple[str, str]] = Counter()
    tests: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for line in (Path(os.environ[COSTS]) / "costs").read_text().splitlines():
        costs = json.loads(line)
        room = "collection"
        if test := costs.pop("test", None):
            room = test.split("/")[1].removesuffix(".py").partition("::")[0]
            counts[room] += "own" in costs
            tests[test] += sum(costs.values())
        for kind, seconds in costs.items():
            rooms[room, "own" if kind == "collected" else kind] += seconds
    wall = time.monotonic() - terminalreporter.config.stash[_BEGUN]
    cores = os.cpu_count() or 1
    write = terminalreporter.write_line
    write(f"\n{wall:.0f} s, {sum(rooms.values()):.0f} s of {cores} processors")
    write("| room | tests | own | forked | cold |\n|---|---|---|---|---|")
    totals = {room: sum(rooms[room, kind] for kind in _KINDS) for room, _ in rooms}
    for room in sorted(totals, key=lambda room: -totals[room]):
        cells = (f"{rooms[room, kind]:.0f}" for kind in _KINDS)
        write(f"| {room} | {counts[room] or ''} | {' | '.join(cells)} |")
    for test, seconds in tests.most_common(_DEAREST):
        write(f"{seconds:6.1f} s  {test}")
