"""The simulated time, read from the database so that every worker reads the same."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from sge_sim.clock import PARIS, Clock, FrozenClock, RunningClock, clock_starting_at, machine_now
from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.tables.clock import CLOCK_ROW, ClockRow, read_clock, read_numbered_clock
from sge_sim.tables.ecritures import read_last_instant
from sge_sim.tables.prepared import Driver, Question, read_at_once

_MICROSECOND, _MILLISECOND = timedelta(microseconds=1), timedelta(milliseconds=1)

# Counted in milliseconds of the machine from there, numbers grow over a state that is brought back.
_EPOCH = datetime(2025, 1, 1, tzinfo=PARIS)

Change = Callable[[Clock], Clock]
"""What makes one clock from another, or raises `UsageError` to leave it as it is."""


class ClockSetSinceError(UsageError):
    """The clock was set again since the setting that a change was meant for: nothing is moved."""


@dataclass(frozen=True)
class Reglage:
    """A setting of the clock: its number, the clock that it made, what it read before and after.

    `debut` and `fin` are aware. The number grows with each setting; one that a state brought back
    has undone is never given again.
    """

    numero: int
    clock: Clock
    debut: datetime
    fin: datetime


def kind_of(clock: Clock) -> KindClock:
    """Return how a clock runs."""
    match clock:
        case FrozenClock():
            return "frozen"
        case RunningClock(offset) if offset:
            return "shifted"
        case _:
            return "real"


def instant_within(session: Session) -> datetime:
    """Return the instant of what a transaction is about to write, aware, in Europe/Paris.

    Transactions that write follow one another, and so do their instants: read before the
    transaction began, it could precede what another has written in the meantime. Never earlier
    than anything that has happened: the machines' clocks may differ.
    """
    return read_instant(session)[0]


def read_instant(session: Session, *asked: Question) -> tuple[datetime, list[Any]]:
    """Return the instant of what a transaction is about to write, see `instant_within`, and what
    else is asked together with it."""
    clock, last, *others = read_at_once(
        Driver.under(session), ((read_clock,), (read_last_instant,), *asked)
    )
    now = clock.now()
    return (now if last is None else max(now, last.astimezone(PARIS))), others


class StoredClock:
    """A `sge_sim.clock.Clock` that any process may set and all read.

    A change holds from the next request on, in every worker.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """Return the simulated instant, aware, in Europe/Paris."""
        return self._database.memoire.look().ask(read_clock).now()

    def kind(self) -> KindClock:
        """Return how the clock runs."""
        return kind_of(self.numbered()[1])

    def numbered(self) -> tuple[int, Clock]:
        """Return the number of the last setting, 0 before the first, and the clock it made."""
        return self._database.memoire.look().ask(read_numbered_clock)

    def change(self, change: Change, since: int | None = None) -> Reglage:
        """Make a change, read and set in one transaction: two at once follow one another.

        `since` is the number of the setting that it is meant for. Raises `ClockSetSinceError` where
        another one came since, and whatever `change` does: nothing is moved then.
        """
        with self._database.exclusive_transaction() as session:
            driver = Driver.under(session)
            numero, before = read_numbered_clock(driver)
            if since is not None and since != numero:
                raise ClockSetSinceError(
                    f"l'horloge a été réglée depuis (réglage {numero}, et non {since}) : elle est "
                    f"au {before.now():%d/%m/%Y %H:%M:%S} et n'a pas été déplacée. La relire, puis "
                    "redemander s'il le faut encore."
                )
            debut, clock = before.now(), change(before)
            if isinstance(before, RunningClock) and isinstance(clock, FrozenClock):
                # The machine's clock may have gone back: what has happened isn't to come.
                last = read_last_instant(driver)
                clock = clock if last is None else FrozenClock(max(clock.instant, last))
            numero = max(numero + 1, (machine_now() - _EPOCH) // _MILLISECOND)
            session.merge(_row_of(numero, clock))
        return Reglage(numero, clock, debut, clock.now())

    def follow_machine(self) -> None:
        """Run with the machine's own time."""
        self.change(lambda _before: RunningClock())

    def run_from(self, instant: datetime) -> None:
        """Read `instant` (aware) now, and run on."""
        self.change(lambda _before: clock_starting_at(instant))

    def freeze(self, instant: datetime) -> None:
        """Stand still at `instant` (aware)."""
        self.change(lambda _before: FrozenClock(instant))


def _row_of(numero: int, clock: Clock) -> ClockRow:
    # What isn't the row's is said too: the one before may have had it.
    offset, instant = timedelta(0), None
    match clock:
        case FrozenClock():
            instant = clock.instant
        case RunningClock():
            offset = clock.offset
    return ClockRow(
        id=CLOCK_ROW,
        kind=kind_of(clock),
        offset_us=offset // _MICROSECOND,
        instant=instant,
        numero=numero,
    )
