"""How long the transactions of a suite hold the lock, in every process that the tests start, and
what holds it on purpose.

Only what a thread computes counts: on a busy machine a transaction lasts longer, and does as much.
"""

import json
import os
import re
import sqlite3
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from sge_sim.facts import database

FOLDER = "SGE_SIM_HELD_LOCK"
"""The variable that names the folder where each process notes its longest transaction."""
WAITS = "SGE_SIM_LOCK_WAITS"
"""The variable that names the folder where each process notes how long it waited for the lock."""
MOST_SECONDS = 1.0
_WORTH_NOTING = 0.1
_PACKAGE = str(Path(database.__file__).parent.parent)
_OURS = re.compile(r"/(sge_sim|tests|bench)/")


class Watch:
    """Notes the longest transaction of this process, and where it was ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = f"held lock, noted in {folder}"
        self._longest = _WORTH_NOTING
        self._process = os.getpid()

    def begin(self, connection: Connection) -> None:
        if connection.get_execution_options().get("sqlite_begin") == "BEGIN IMMEDIATE":
            connection.info[self._key] = (threading.get_ident(), time.thread_time())

    def end(self, _connection: Any, record: Any) -> None:
        thread, since = record.info.pop(self._key, (None, 0.0))
        if thread != threading.get_ident():
            return
        seconds = time.thread_time() - since
        if os.getpid() != self._process:
            self._process, self._longest = os.getpid(), _WORTH_NOTING
        if seconds > self._longest and (where := _ended_at()):
            self._longest = seconds
            note = self._folder / f"{self._process}.json"
            note.write_text(json.dumps({"seconds": round(seconds, 3), "where": where[-6:]}))


def _ended_at() -> list[str]:
    """Return the lines that led to the end of a transaction; none of what a test writes itself."""
    frames = [frame for frame in traceback.extract_stack() if _OURS.search(frame.filename)]
    frames = [frame for frame in frames if frame.filename not in (__file__, database.__file__)]
    if not frames or not frames[-1].filename.startswith(_PACKAGE):
        return []
    return [f"{frame.filename}:{frame.lineno}" for frame in frames]


def watch() -> None:
    """Watch what this process and its forks write from now on, if a folder is named."""
    folder = os.environ.get(FOLDER)
    if folder is not None:
        watching = Watch(Path(folder))
        event.listen(Engine, "begin", watching.begin)
        event.listen(Pool, "checkin", watching.end)
        _note_waits()


def _note_waits() -> None:
    """Have each wait for the lock written to a file of its process, where a folder is named."""
    take_lock = database._take_lock

    def timed(*asked: Any) -> None:
        folder, since = os.environ.get(WAITS), time.monotonic()
        try:
            take_lock(*asked)
        finally:
            if folder is not None:
                with (Path(folder) / f"{os.getpid()}.waits").open("a") as file:
                    file.write(f"{time.monotonic() - since:.4f}\n")

    database._take_lock = timed


@contextmanager
def hold(database: Path) -> Iterator[None]:
    """Hold the lock of a database, as a shell or a stuck process does."""
    with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield
        holder.execute("ROLLBACK")


def waits(folder: Path) -> list[float]:
    """Return how many seconds each transaction waited for the lock."""
    return sorted(
        float(line) for file in folder.glob("*.waits") for line in file.read_text().splitlines()
    )


def too_long(folder: Path) -> list[str]:
    """Return the transactions that were noted and held the lock for too long."""
    notes = [json.loads(note.read_text()) for note in folder.glob("*.json")]
    return [
        f"une transaction a calculé {note['seconds']} s sous le verrou : {note['where']}"
        for note in notes
        if note["seconds"] > MOST_SECONDS
    ]
