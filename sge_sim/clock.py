"""The only source of the time.

SGE lives in French legal time: dates, stamps and opening hours are all Europe/Paris. The clock
either follows the machine, or runs shifted from a chosen start, or stands still. What must know
the time receives a `Clock`; nothing else in the project asks the machine.
"""

import time as _time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sge_sim.errors import UsageError

PARIS = ZoneInfo("Europe/Paris")


class Clock(Protocol):
    """What tells the simulated time."""

    def now(self) -> datetime:
        """Return the simulated instant, aware, in Europe/Paris."""


@dataclass(frozen=True)
class RunningClock:
    """A clock that runs `offset` away from the machine's own."""

    offset: timedelta = timedelta(0)

    def now(self) -> datetime:
        return (machine_now() + self.offset).astimezone(PARIS)


@dataclass(frozen=True)
class FrozenClock:
    """A clock that stands still at `instant` (aware)."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant.astimezone(PARIS)


def clock_starting_at(instant: datetime | None) -> Clock:
    """Return a clock that reads `instant` now and runs on; the machine's time without one."""
    if instant is None:
        return RunningClock()
    return RunningClock(instant - machine_now())


def machine_now() -> datetime:
    """Return the machine's own time, aware, in UTC: for files and certificates, not the domain."""
    return datetime.now(UTC)


def elapsed_ms(since: float) -> float:
    """Return the milliseconds elapsed since `stopwatch()` gave `since`."""
    return (_time.perf_counter() - since) * 1000.0


def stopwatch() -> float:
    """Return a reading for `elapsed_ms`."""
    return _time.perf_counter()


def today(clock: Clock) -> date:
    """Return the simulated legal date."""
    return clock.now().date()


def parse_instant(text: str) -> datetime:
    """Read an ISO date or date-time; legal time is meant where no offset is given.

    Raises `UsageError` for anything else.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"« {text} » n'est pas une date ISO : écrire par exemple 2025-08-01T10:00."
        ) from None
    return instant.replace(tzinfo=PARIS) if instant.tzinfo is None else instant
