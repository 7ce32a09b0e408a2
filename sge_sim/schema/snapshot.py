"""Keeping the whole state aside and bringing it back: how a test starts from where the others did.

SQLite copies its pages, so it costs a fraction of installing the data set, and the processes that
serve go on with their connections. The journal isn't copied: it forgets what came after.
"""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Final

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import UsageError
from sge_sim.facts.database import PATIENCE_SECONDS, Database
from sge_sim.journal import Journal
from sge_sim.machine.files import locked, make_private_folder
from sge_sim.schema import revisions as schema

_FOLDER: Final = "instantane"
_NAME: Final = "sge-sim.db"
_RETRY_SECONDS: Final = 0.01


def take_snapshot(database: Database, journal: Journal, data_dir: Path) -> Path:
    """Keep the state in `data_dir`, in place of an earlier snapshot; return the file.

    One process at a time keeps or brings back: the others wait. Raises `UsageError` for a database
    that isn't SQLite.
    """
    live = _sqlite_file(database)
    folder = make_private_folder(data_dir / _FOLDER)
    with locked(folder):
        handle, name = tempfile.mkstemp(dir=folder, prefix=".", suffix=".db")
        os.close(handle)
        beside = Path(name)
        try:
            with closing(sqlite3.connect(live)) as origin:
                _copy(origin, beside)
            _check(beside)
            journal.mark()
            return beside.replace(folder / _NAME)
        finally:
            beside.unlink(missing_ok=True)


def restore_snapshot(database: Database, journal: Journal, data_dir: Path) -> None:
    """Bring the state of the snapshot back: orders, points and clock, and forget later exchanges.

    Files that were published meanwhile stay where they are, exchanges that the journal evicted
    don't come back.

    Raises `UsageError` where none was taken or it can't be used, which leaves the state as it is,
    and for a database that isn't SQLite.
    """
    live = _sqlite_file(database)
    folder = data_dir / _FOLDER
    file = snapshot_file(data_dir)
    if not file.exists():
        raise UsageError("Aucun état n'a été mis de côté : appeler d'abord POST /api/snapshot.")
    with locked(folder):
        _check(file)
        with closing(_open_alone(file)) as origin:
            _copy(origin, live)
        journal.forget_after_mark()


def snapshot_file(data_dir: Path) -> Path:
    """Return the file that a snapshot is kept in, whether there is one or not."""
    return data_dir / _FOLDER / _NAME


def _sqlite_file(database: Database) -> Path:
    url = database.engine.url
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise UsageError("L'état ne se met de côté que dans une base SQLite, celle par défaut.")
    return Path(url.database)


def _copy(origin: sqlite3.Connection, target: Path) -> None:
    """Copy all pages in one transaction; raise `sqlite3.OperationalError` where others write on."""
    begun = stopwatch()

    def give_up_in_time(status: int, _remaining: int, _pages: int) -> None:
        # The driver would try again for ever.
        waiting = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if waiting and elapsed_ms(begun) > PATIENCE_SECONDS * 1000:
            raise sqlite3.OperationalError("database is locked")

    with closing(sqlite3.connect(target, timeout=0)) as copy:
        origin.backup(copy, progress=give_up_in_time, sleep=_RETRY_SECONDS)


def _open_alone(file: Path) -> sqlite3.Connection:
    """Open a file that nobody writes: no other file is made beside it."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)


def _check(file: Path) -> None:
    """Raise `UsageError` unless `file` is a whole database of our present schema."""
    told = f"{file} n'est pas un état entier de cette version : en mettre un autre de côté."
    try:
        with closing(_open_alone(file)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise UsageError(told) from error
    if not whole or revision != (schema.revisions()[-1],):
        raise UsageError(told)
