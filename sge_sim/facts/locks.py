"""Locks of the database: those that machines share on PostgreSQL, and who waits for an SQLite file.

SQLite needs none of the first: a transaction that writes is alone. It doesn't tell who waits: who
has found the file taken holds a shared lock of a file beside it until its turn has come; bulk work
sees by it whether anybody waits. A process that is killed waits no more.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from sge_sim.machine.files import open_private
from sge_sim.tables.ecritures import ENDING_SILENT
from sge_sim.tables.prepared import Driver

# Any number of our own: it names the lock that PostgreSQL keeps while somebody migrates.
_LOCK = 7_436_001
BULK_LOCK: Final = 7_436_002
"""Of who does bulk work in short transactions."""
START_LOCK: Final = 7_436_003
"""Of who starts on a database, and makes there what is missing."""
PUBLISH_LOCK: Final = 7_436_004
"""Of who publishes."""


def lock(connection: Connection) -> None:
    """Let one process at a time go past this point, until its transaction ends.

    A writing transaction of SQLite is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK), ENDING_SILENT))


def try_lock(driver: Driver, name: int, silence_seconds: int) -> bool:
    """Take a lock of PostgreSQL if nobody has it, and tell whether it was taken.

    The server ends a session that says nothing for `silence_seconds`, which gives the lock back.
    """
    driver.run(f"SET idle_session_timeout = {silence_seconds * 1000}")
    ((taken,),) = driver.run(f"SELECT pg_try_advisory_lock({name})").fetchall()
    return bool(taken)


def lock_for_long(connection: Connection, name: int, *, wait: bool) -> bool:
    """Let one process at a time go past this point on PostgreSQL, until its connection is closed.

    `name` is that of the lock. Who comes after waits for as long as that lasts,
    and returns True; without `wait` it returns whether it is alone, at once.
    """
    if wait:
        connection.exec_driver_sql("SET lock_timeout = 0")
        connection.execute(select(func.pg_advisory_lock(name)))
    alone = wait or bool(connection.scalar(select(func.pg_try_advisory_lock(name))))
    # The lock is the session's. A transaction that stayed open would keep what it can see: the
    # server could note no page that is written meanwhile as one that all may see.
    connection.commit()
    return alone


class WaitingRoom:
    """Those that wait for the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f".{path.name}.waiting")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait among the others for as long as the block lasts."""
        handle = open_private(self._path)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def is_empty(self) -> bool:
        """Tell whether nobody waits."""
        handle = open_private(self._path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True
