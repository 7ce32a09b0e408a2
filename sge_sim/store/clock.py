"""The simulated time, read from the database so that every worker reads the same."""

from datetime import datetime, timedelta

from sqlalchemy import select

from sge_sim.clock import Clock, FrozenClock, RunningClock, machine_now
from sge_sim.store.codes import KindHorloge
from sge_sim.store.database import Database
from sge_sim.store.horloge import Horloge

_ROW = 1
_MICROSECOND = timedelta(microseconds=1)
_STATE = select(Horloge.kind, Horloge.offset_us, Horloge.instant).where(Horloge.id == _ROW)


class StoredClock:
    """A `sge_sim.clock.Clock` that any process may set and all read.

    The row is read at each call, so a change holds from the next request on, in every worker.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """Return the simulated instant, aware, in Europe/Paris."""
        return self._clock().now()

    def kind(self) -> KindHorloge:
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
        with self._database.reading() as connection:
            row = connection.execute(_STATE).one_or_none()
        if row is None:
            return RunningClock()
        if row.kind == "frozen":
            return FrozenClock(row.instant)
        return RunningClock(row.offset_us * _MICROSECOND)

    def _store(
        self,
        kind: KindHorloge,
        offset: timedelta = timedelta(0),
        instant: datetime | None = None,
    ) -> None:
        # Two that set it for the first time would both insert the row.
        with self._database.exclusive_transaction() as session:
            session.merge(
                Horloge(id=_ROW, kind=kind, offset_us=offset // _MICROSECOND, instant=instant)
            )
