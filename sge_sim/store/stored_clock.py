"""The simulated time, read from the database so that every worker reads the same."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, Clock, FrozenClock, RunningClock, machine_now
from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.store.clock_row import ClockRow
from sge_sim.store.database import Database
from sge_sim.store.ecritures import last_instant
from sge_sim.store.prepared import Driver, Prepared

_ROW = 1
_MICROSECOND = timedelta(microseconds=1)
_STATE = Prepared(
    select(ClockRow.kind, ClockRow.offset_us, ClockRow.instant).where(ClockRow.id == _ROW)
)


def read_clock(driver: Driver) -> Clock:
    """Return the clock as its row says; the machine's own without one."""
    row = _STATE.row(driver)
    if row is None:
        return RunningClock()
    kind, offset_us, instant = row
    return FrozenClock(instant) if kind == "frozen" else RunningClock(offset_us * _MICROSECOND)


def instant_within(session: Session) -> datetime:
    """Return the instant of what a transaction is about to write, aware, in Europe/Paris.

    Transactions that write follow one another, and so do their instants: read before the
    transaction began, it could precede what another has written in the meantime. Never earlier
    than anything that has happened: the machines' clocks may differ.
    """
    driver = Driver.under(session)
    now, last = read_clock(driver).now(), last_instant(driver)
    return now if last is None else max(now, last.astimezone(PARIS))


class StoredClock:
    """A `sge_sim.clock.Clock` that any process may set and all read.

    A change holds from the next request on, in every worker.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """Return the simulated instant, aware, in Europe/Paris."""
        return self._clock().now()

    def kind(self) -> KindClock:
        """Return how the clock runs."""
        match self._clock():
            case FrozenClock():
                return "frozen"
            case RunningClock(offset) if offset:
                return "shifted"
            case _:
                return "real"

    def follow_machine(self) -> None:
        """Run with the machine's own time."""
        self._store("real")

    def run_from(self, instant: datetime) -> None:
        """Read `instant` (aware) now, and run on."""
        self._store("shifted", offset=instant - machine_now())

    def freeze(self, instant: datetime) -> None:
        """Stand still at `instant` (aware)."""
        self._store("frozen", instant=instant)

    def advance(self, duration: timedelta) -> None:
        """Jump by `duration`, backwards when it is negative; a frozen clock stays frozen."""
        match self._clock():
            case FrozenClock(instant):
                self.freeze(instant + duration)
            case RunningClock(offset):
                self._store("shifted", offset=offset + duration)

    def _clock(self) -> Clock:
        clock: Clock = self._database.memoire.look().ask(read_clock)
        return clock

    def _store(
        self,
        kind: KindClock,
        offset: timedelta = timedelta(0),
        instant: datetime | None = None,
    ) -> None:
        # Two that set it for the first time would both insert the row.
        with self._database.exclusive_transaction() as session:
            session.merge(
                ClockRow(id=_ROW, kind=kind, offset_us=offset // _MICROSECOND, instant=instant)
            )
