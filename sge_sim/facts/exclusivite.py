"""The right to publish: of one process at a time, of all the machines of a platform.

It is an advisory lock of PostgreSQL, on a session that the server itself ends where its holder says
nothing for a while: one that died or that was suspended loses it, whoever notices. Each time it
changes hands its number grows, and whoever writes under it reads that number first, in the same
transaction: one that was suspended and goes on finds another, and writes nothing.

With SQLite the processes of one folder publish as they come: the lock of the file is enough.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sge_sim.clock import machine_now
from sge_sim.facts.locks import PUBLISH_LOCK, try_lock
from sge_sim.tables.flux import release_claims
from sge_sim.tables.plateforme import is_epoque, is_shared, next_epoque
from sge_sim.tables.prepared import Driver

SILENCE_SECONDS: Final = 15
"""After which the server takes the right from who says nothing; a pulse is a third of it."""

_log = logging.getLogger(__name__)


class ExclusiviteLostError(Exception):
    """Another process has the right to publish by now: nothing of the transaction is written."""


class Exclusivite:
    """The right to publish, as one process has it or not; its threads share it."""

    def __init__(
        self, engine: Engine, transaction: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        """`transaction` begins one that writes."""
        self._engine = engine
        self._transaction = transaction
        self._shared = is_shared(engine)
        self._lock = threading.RLock()
        self._driver: Driver | None = None
        self._epoque = 0
        self._ended = threading.Event()

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
        self._driver, self._ended = driver, threading.Event()
        threading.Thread(target=self._pulse, args=(driver, self._ended), daemon=True).start()

    def _pulse(self, driver: Driver, ended: threading.Event) -> None:
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
