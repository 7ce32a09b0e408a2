"""Keeping the whole state aside and bringing it back: how a test starts from where the others did.

SQLite copies its pages, so it costs a fraction of installing the data set, and the processes that
serve go on with their connections.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sge_sim.errors import UsageError
from sge_sim.files import PRIVATE
from sge_sim.store.database import Database

_NAME = "instantane.db"


def take_snapshot(database: Database, folder: Path) -> Path:
    """Keep the state in `folder`, in place of an earlier snapshot; return the file.

    Raises `UsageError` for a database that isn't SQLite.
    """
    file = folder / _NAME
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    _copy(_sqlite_file(database), beside)
    beside.chmod(PRIVATE)
    beside.replace(file)
    return file


def restore_snapshot(database: Database, folder: Path) -> None:
    """Bring the state of the snapshot back: orders, points, journal and clock.

    Files that were published meanwhile stay where they are.

    Raises `UsageError` where none was taken, and for a database that isn't SQLite.
    """
    file = folder / _NAME
    if not file.exists():
        raise UsageError("Aucun état n'a été mis de côté : appeler d'abord POST /api/snapshot.")
    _copy(file, _sqlite_file(database))


def _sqlite_file(database: Database) -> Path:
    url = database.engine.url
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise UsageError("L'état ne se met de côté que dans une base SQLite, celle par défaut.")
    return Path(url.database)


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=10)) as origin,
        closing(sqlite3.connect(target, timeout=10)) as copy,
    ):
        origin.backup(copy)
