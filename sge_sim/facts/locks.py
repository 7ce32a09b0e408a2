"""Locks of the database: those that machines share on PostgreSQL, and who waits for an SQLite file.

SQLite needs none of the first: a transaction that writes is alone. It doesn't tell who waits: who
has found the file taken holds a shared lock of a file beside it until its turn has come; bulk work
sees by it whether anybody waits. A process that is killed waits no more.

One lock is held for long, the right to publish: see `Exclusivite`.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sge_sim.clock import machine_now
from sge_sim.machine import monde
from sge_sim.machine.files import open_private, own_name
from sge_sim.tables.ecritures import ENDING_SILENT
from sge_sim.tables.flux import release_claims
from sge_sim.tables.plateforme import is_epoque, is_shared, next_epoque
from sge_sim.tables.prepared import Driver

# Any number of our own: it names the lock that PostgreSQL keeps while somebody makes the tables.
_LOCK = 7_436_001
BULK_LOCK: Final = 7_436_002
"""Of who does bulk work in short transactions."""
START_LOCK: Final = 7_436_003
"""Of who starts on a database, and makes there what is missing."""
PUBLISH_LOCK: Final = 7_436_004
"""Of who publishes."""
RETURN_LOCK: Final = 7_436_005
"""Of who brings a state back."""


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
    connection.execute(select(func.set_config("application_name", own_name(), False)))
    if wait:
        connection.exec_driver_sql("SET lock_timeout = 0")
        connection.execute(select(func.pg_advisory_lock(name)))
    alone = wait or bool(connection.scalar(select(func.pg_try_advisory_lock(name))))
    # The lock is the session's. A transaction that stayed open would keep what it can see: the
    # server could note no page that is written meanwhile as one that all may see.
    connection.commit()
    return alone


def holder_of(connection: Connection, name: int) -> str:
    """Return the name of the process that holds a lock of PostgreSQL."""
    asked = text(
        "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
        "WHERE locktype = 'advisory' AND granted AND objid = :name"
    )
    return connection.scalar(asked, {"name": name}) or ""


class WaitingRoom:
    """Those that wait for the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f".{path.name}.waiting")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait among the others for as long as the block lasts."""
        handle = open_private(self._path)
        try:
            monde.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def is_empty(self) -> bool:
        """Tell whether nobody waits."""
        handle = open_private(self._path)
        try:
            monde.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True


SILENCE_SECONDS: Final = 15
"""After which the server takes the right from who says nothing; a pulse is a third of it."""

_log = logging.getLogger(__name__)


class ExclusiviteLostError(Exception):
    """Another process has the right to publish by now: nothing of the transaction is written."""


class Exclusivite:
    """The right to publish, of one process at a time, of all the machines of a platform.

    It is an advisory lock, on a session that the server itself ends where its holder says nothing
    for a while: one that died or that was suspended loses it, whoever notices. Each time it changes
    hands its number grows, and whoever writes under it reads that number first, in the same
    transaction: one that was suspended and goes on finds another, and writes nothing.

    With SQLite the processes of one folder publish as they come: the lock of the file is enough.
    """

    def __init__(
        self, engine: Engine, transaction: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        """`transaction` begins one that writes."""
        self._engine = engine
        self._transaction = transaction
        self._shared = is_shared(engine)
        self._lock = monde.RLock()
        self._driver: Driver | None = None
        self._epoque = 0
        self._ended = monde.Event()

    def take(self) -> bool:
        """Take the right where nobody has it, and return whether this process has it."""
        if not self._shared:
            return True
        with self._lock:
            if self._driver is not None and self._driver.connection.dropped:
                self._drop()
            if self._driver is None:
                self._try()
            return self._driver is not None

    @property
    def held(self) -> bool:
        """Whether this process has the right, as far as it knows."""
        return not self._shared or self._driver is not None

    def check(self, session: Session) -> None:
        """Raise `ExclusiviteLostError` unless this process still has the right; nobody takes it
        before the transaction ends."""
        if self._shared and not is_epoque(session, self._epoque):
            with self._lock:
                self._drop()
            raise ExclusiviteLostError

    def close(self) -> None:
        """Give the right back; it may be taken again."""
        with self._lock:
            self._drop()

    def _try(self) -> None:
        opened = self._engine.raw_connection()
        driver: Any = opened.driver_connection
        opened.detach()  # closed by who drops it, which gives the lock back
        driver.autocommit = True
        session_of_lock = Driver(driver, self._engine.dialect)
        try:
            if try_lock(session_of_lock, PUBLISH_LOCK, SILENCE_SECONDS):
                with self._transaction() as session:
                    self._epoque = next_epoque(session)
                    release_claims(session, machine_now())
                self._hold(session_of_lock)
        finally:
            if self._driver is not session_of_lock:
                driver.close()

    def _hold(self, driver: Driver) -> None:
        self._driver, self._ended = driver, monde.Event()
        monde.Thread(target=self._pulse, args=(driver, self._ended), daemon=True).start()

    def _pulse(self, driver: Driver, ended: monde.Event) -> None:
        """Be heard by the server until the right is given back or lost."""
        while not ended.wait(SILENCE_SECONDS / 3):
            with self._lock:
                if ended.is_set():
                    return
                try:
                    driver.run("SELECT 1")
                except (DBAPIError, OSError):
                    _log.warning("Un autre simulateur peut publier à la place de celui-ci.")
                    self._drop()

    def _drop(self) -> None:
        self._ended.set()
        if self._driver is not None:
            self._driver.connection.close()
            self._driver = None
