"""Which edition of the state is the present one: it changes with every commit, whoever makes it.

What was read at an edition holds for as long as a look finds that edition: a look takes a hundredth
of what reading again would take.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import count
from sqlite3 import Error as SqliteError
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from sge_sim.machine import monde
from sge_sim.tables.ecritures import read_count
from sge_sim.tables.prepared import Driver, Question, read_at_once

Edition = tuple[int, int]
"""Two looks that find equal editions had no commit in between; others tell nothing."""

Known = tuple[Edition, Any]
"""A fact, and the edition it was read from."""

Readings = Sequence[tuple[Question, Any]]
"""Questions, and what they read."""

_openings = count(1)
_DATA_VERSION = "PRAGMA data_version"


class Editions(Protocol):
    """The editions of one database.

    Whoever has `turn` looks and keeps what it read: the next finds it, where one reads at a time.
    """

    turn: AbstractContextManager[object]

    def look(self, asked: Mapping[Question, Known | None]) -> tuple[Edition, Readings]:
        """Return the present edition, and what it answers to the questions that aren't known of it:
        they are read together, from one state, which the edition is that of."""

    def close(self) -> None:
        """Give back what was opened; the next look opens it anew."""


class SqliteEditions:
    """Whether anybody committed, as SQLite shows it to a connection that never writes.

    Those of this process, of the others, of a shell, and a state that is restored. A number means
    something on its connection only, hence the other half of an edition.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.turn: AbstractContextManager[object] = monde.RLock()
        self._opened: tuple[int, Connection, Driver] | None = None

    def look(self, asked: Mapping[Question, Known | None]) -> tuple[Edition, Readings]:
        opening, _, driver = self._opened or self._open()
        execute = driver.connection.execute
        try:
            looked = opening, execute(_DATA_VERSION).fetchone()[0]
            stale = [each for each, known in asked.items() if not known or known[0] != looked]
            if not stale:
                return looked, ()
            execute("BEGIN")
            try:
                # The first statement chooses the state that all the others see.
                edition = opening, execute(_DATA_VERSION).fetchone()[0]
                stale = stale if edition == looked else list(asked)
                return edition, tuple(zip(stale, read_at_once(driver, stale), strict=True))
            finally:
                driver.connection.rollback()
        except SqliteError as error:
            driver.raise_as_sqlalchemy(_DATA_VERSION, error)
            raise

    def close(self) -> None:
        with self.turn:
            if self._opened is not None:
                self._opened[1].close()
                self._opened = None

    def _open(self) -> tuple[int, Connection, Driver]:
        if self._opened is None:
            connection = self._engine.connect()
            driver = Driver.of(connection)
            connection.detach()  # the pool's are for those that come and go
            self._opened = (next(_openings), connection, driver)
        return self._opened


class CountedEditions:
    """The count that every writing transaction adds to (`Database.transaction`).

    It is read on a connection that is kept for it, in one round trip; those who come while it is
    being read share the next reading.
    """

    def __init__(self, engine: Engine, looking: Engine) -> None:
        """`looking` makes that connection, which must not begin transactions."""
        self._looking = looking
        # Each reads on a connection of its own.
        self.turn: AbstractContextManager[object] = nullcontext()
        self._snapshots = engine.execution_options(isolation_level="REPEATABLE READ")
        self._lock = monde.Lock()
        self._opened: tuple[Connection, Driver] | None = None
        self._asked = 0
        self._found: int | Exception = 0

    def look(self, asked: Mapping[Question, Known | None]) -> tuple[Edition, Readings]:
        looked = 0, self._numero()
        stale = [each for each, known in asked.items() if not known or known[0] != looked]
        if not stale:
            return looked, ()
        with self._snapshots.connect() as connection:
            driver = Driver.of(connection)
            edition = 0, read_count(driver)
            stale = stale if edition == looked else list(asked)
            return edition, tuple(zip(stale, read_at_once(driver, stale), strict=True))

    def _numero(self) -> int:
        asked = self._asked
        with self._lock:
            if self._asked == asked:  # else it was asked after we came
                self._asked += 1
                try:
                    self._found = read_count(self._open())
                except Exception as error:
                    self._found = error
                    self._asked += 1  # who came meanwhile would fare no better
                    self._drop()
            found = self._found
        if isinstance(found, Exception):
            raise found.with_traceback(None)
        return found

    def close(self) -> None:
        with self._lock:
            self._drop()

    def _open(self) -> Driver:
        if self._opened is not None and self._opened[1].connection.dropped:
            self._drop()
        if self._opened is None:
            connection = self._looking.connect()
            self._opened = (connection, Driver.of(connection))
        return self._opened[1]

    def _drop(self) -> None:
        if self._opened is not None:
            self._opened[0].invalidate()  # whatever its state, nothing more is asked of it
            self._opened = None
