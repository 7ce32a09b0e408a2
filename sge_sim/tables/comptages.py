"""What is counted beside the state: in files of the data folder, or in the machines' PostgreSQL.

All the processes that serve a data folder, and the commands, count the pannes and the calls of Data
Connect in files, which are no part of the state and aren't synced to the disk.

The simulators of several machines count together as their neighbour with SQLite does: `Counters`,
`QuotaCounts`, `sge_sim.door.cadence.Cadence`.
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, bindparam, delete, select, text

from sge_sim.machine import monde
from sge_sim.machine.files import make_private_file, open_private
from sge_sim.tables.plateforme import comptage
from sge_sim.tables.prepared import Driver, Prepared

_CELL = struct.Struct("=QQ")  # how many were counted, how many of them were struck
_CELLS = 65_536


class Counters:
    """The counts of the pannes, by number, in a file; made after the fork, shared by the threads.

    The file is read and written, never mapped: mapped memory kills the process on a full disk or a
    file that was cut.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._threads = monde.Lock()
        self._handle: int | None = None

    def count(self, number: int, most: int, strikes: Callable[[int], bool]) -> int | None:
        """Count one more under `number`; return its rank, from 1, if `strikes` says so of it.

        Nothing is counted beyond `most`.
        """
        with self._alone() as handle:
            counted, struck = _read_cell(handle, number)
            if counted >= most:
                return None
            hit = strikes(counted + 1)
            monde.pwrite(handle, _CELL.pack(counted + 1, struck + hit), _place(number))
            return counted + 1 if hit else None

    def read(self, number: int) -> tuple[int, int]:
        """Return how many were counted under `number`, and how many of them were struck."""
        with self._alone() as handle:
            return _read_cell(handle, number)

    def forget(self) -> None:
        """Set every counter to zero."""
        with self._alone() as handle:
            monde.ftruncate(handle, 0)

    def close(self) -> None:
        """Close the file; it may be used again."""
        with self._threads:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None

    @contextmanager
    def _alone(self) -> Iterator[int]:
        # The lock belongs to the opened file: it holds back the other processes, not the threads.
        with self._threads:
            if self._handle is None:
                self._handle = open_private(self._file)
            monde.flock(self._handle, fcntl.LOCK_EX)
            try:
                yield self._handle
            finally:
                monde.flock(self._handle, fcntl.LOCK_UN)


def _place(number: int) -> int:
    return number % _CELLS * _CELL.size


def _read_cell(handle: int, number: int) -> tuple[int, int]:
    found = os.pread(handle, _CELL.size, _place(number))
    if len(found) < _CELL.size:
        return 0, 0
    counted, struck = _CELL.unpack(found)
    return counted, struck


_PATIENCE_SECONDS = 5.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS compte "
    "(cle TEXT PRIMARY KEY, fenetre INTEGER NOT NULL, appels INTEGER NOT NULL) WITHOUT ROWID"
)
_READ_FILE = "SELECT appels FROM compte WHERE cle = ? AND fenetre = ?"
_COUNT_IN_FILE = (
    "INSERT INTO compte VALUES (?, ?, 1) ON CONFLICT (cle) DO UPDATE SET appels = "
    "CASE fenetre WHEN excluded.fenetre THEN appels + 1 ELSE 1 END, fenetre = excluded.fenetre"
)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `appels` calls counted under `cle` in a window of time, of which `fenetre` is the
    number."""

    cle: str
    fenetre: int
    appels: int


class QuotaCounts:
    """The counts of a data folder; one per process, shared by its threads.

    A count matters for an hour at most: the file may be deleted.
    """

    def __init__(self, data_dir: Path) -> None:
        file = data_dir / "data-connect-quotas.db"
        make_private_file(file)
        self._lock = monde.Lock()
        self._connection = monde.connect(
            file, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        for statement in ("PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"):
            self._connection.execute(statement)
        monde.begin_writing(self._connection)
        self._connection.execute(_TABLE)
        monde.commit(self._connection)

    def take(self, quotas: Sequence[Quota]) -> Quota | None:
        """Count one call under all of `quotas`; return the first that is exhausted, if one is.

        A call that is refused counts under none (assumed).
        """
        with self._lock:
            run = self._connection.execute
            monde.begin_writing(self._connection)
            try:
                for quota in quotas:
                    row = run(_READ_FILE, (quota.cle, quota.fenetre)).fetchone()
                    if row is not None and row[0] >= quota.appels:
                        return quota
                for quota in quotas:
                    run(_COUNT_IN_FILE, (quota.cle, quota.fenetre))
                return None
            finally:
                try:
                    monde.commit(self._connection)
                finally:  # on a full disk it may be left open, which would refuse all that come
                    self._connection.rollback()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


_PANNE: Final = "panne:"
_STRUCK: Final = ":touches"
_ALWAYS: Final = 0
"""The window of what is counted without an end."""
_ANY: Final = 2**62


def _counting(fenetre: str) -> Prepared:
    """Return what counts one more under `cle`, and gives how many; nothing beyond `most`."""
    # In words, because SQLAlchemy's own would load a dialect that SQLite does without.
    return Prepared(
        text(
            """
            INSERT INTO plateforme.comptage AS connu VALUES (:cle, FENETRE, 1)
            ON CONFLICT (cle) DO UPDATE SET fenetre = excluded.fenetre, appels =
                CASE connu.fenetre WHEN excluded.fenetre THEN connu.appels + 1 ELSE 1 END
            WHERE connu.fenetre <> excluded.fenetre OR connu.appels < :most
            RETURNING appels
            """.replace("FENETRE", fenetre)
        ),
        (comptage.c.appels,),
    )


_COUNT: Final = _counting("CAST(:fenetre AS bigint)")
# The server's second, that all machines agree on.
_COUNT_IN_SECOND: Final = _counting("CAST(extract(epoch FROM clock_timestamp()) AS bigint)")
_READ: Final = Prepared(select(comptage.c.appels).where(comptage.c.cle == bindparam("cle")))


class SharedCounters:
    """The counts of the pannes, over all the simulators of a platform."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, number: int, most: int, strikes: Callable[[int], bool]) -> int | None:
        """Count one more under `number`; return its rank, from 1, if `strikes` says so of it.

        Nothing is counted beyond `most`.
        """
        cle = f"{_PANNE}{number}"
        with _committing(self._engine) as driver:
            rank = _count(driver, cle, _ALWAYS, most)
            if rank is None or not strikes(rank):
                return None
            _count(driver, cle + _STRUCK, _ALWAYS, _ANY)
            return rank

    def read(self, number: int) -> tuple[int, int]:
        """Return how many were counted under `number`, and how many of them were struck."""
        cle = f"{_PANNE}{number}"
        with _committing(self._engine) as driver:
            counted, struck = (_READ.rows(driver, cle=name) for name in (cle, cle + _STRUCK))
        return (counted[0][0] if counted else 0), (struck[0][0] if struck else 0)

    def forget(self) -> None:
        """Set every counter to zero."""
        with self._engine.begin() as connection:
            connection.execute(delete(comptage).where(comptage.c.cle.startswith(_PANNE)))

    def close(self) -> None:
        """Nothing is open: the database gives the connections."""


class SharedQuotas:
    """The counts of the quotas of Data Connect, over all the simulators of a platform."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, quotas: Sequence[Quota]) -> Quota | None:
        """Count one call under all of `quotas`; return the first that is exhausted, if one is.

        A call that is refused counts under none (assumed).
        """
        with self._engine.connect() as connection:
            driver = Driver.of(connection)
            # In one order, whoever asks: nobody waits for who waits for it.
            exhausted = {
                quota.cle
                for quota in sorted(quotas, key=lambda quota: quota.cle)
                if _count(driver, f"quota:{quota.cle}", quota.fenetre, quota.appels) is None
            }
            driver.connection.rollback() if exhausted else monde.commit(driver.connection)
        return next((quota for quota in quotas if quota.cle in exhausted), None)

    def close(self) -> None:
        """Nothing is open: the database gives the connections."""


class SharedCadence:
    """Counts of calls over all the simulators of a platform, in the server's seconds.

    It costs a call a round trip: where the rate only is noted, each simulator counts its own.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, who: Sequence[str], service: str, _machine_instant: datetime) -> list[int]:
        """Record a call under each name of `who`; return, for each, how many, it included, came
        in the same second."""
        counted = {}
        with _committing(self._engine) as driver:
            for name in sorted(who):
                cle = f"cadence:{service}:{name}"
                ((counted[name],),) = _COUNT_IN_SECOND.rows(driver, cle=cle, most=_ANY)
        return [counted[name] for name in who]

    def close(self) -> None:
        """Nothing is open: the database gives the connections."""


@contextmanager
def _committing(engine: Engine) -> Iterator[Driver]:
    """Give a connection on which each statement is committed by itself."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield Driver.of(connection)


def _count(driver: Driver, cle: str, fenetre: int, most: int) -> int | None:
    rows = _COUNT.rows(driver, cle=cle, fenetre=fenetre, most=most)
    return rows[0][0] if rows else None
