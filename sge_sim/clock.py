"""The only source of the time.

SGE lives in French legal time: dates, stamps and opening hours are all Europe/Paris. The clock
either follows the machine, or runs shifted from a chosen start, or stands still. What must know
the time receives a `Clock`; nothing else in the project asks the machine for a date or an instant.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import formatdate
from functools import lru_cache, partial
from time import perf_counter as read_stopwatch
from time import time as read_epoch
from typing import Protocol
from zoneinfo import ZoneInfo

from sge_sim.errors import UsageError

PARIS = ZoneInfo("Europe/Paris")
PREMIER_JOUR, FIN_DES_JOURS = date(2005, 1, 1), date(2045, 1, 1)
"""The first legal day that is simulated and the day after the last: time and measures stay within.

A meter older than the first day starts its index there.
"""
FIRST_YEAR = 1900
"""That of the first day that may be written: legal time was told of little before."""

read_instant = datetime.now
"""The machine's clock, with `read_epoch` and `read_stopwatch`: see `sge_sim.machine.monde`."""

_SHOWN_DATE = re.compile(r"^(\d{2})/(\d{2})/(\d{4})(?: à)?\b")
_http_date = lru_cache(maxsize=1)(partial(formatdate, usegmt=True))
_DURATION = re.compile(r"(?:(\d{1,7})d)?(?:(\d{1,7})h)?(?:(\d{1,7})min)?")


class Clock(Protocol):
    """What gives the simulated time."""

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


def clock_of(offset: timedelta, instant: datetime | None) -> Clock:
    """Return the clock that stands still at `instant`; without one, that which runs `offset` away
    from the machine's own."""
    return RunningClock(offset) if instant is None else FrozenClock(instant)


def machine_now() -> datetime:
    """Return the machine's own time, aware, in UTC: for files and certificates, not the domain."""
    return read_instant(UTC)


def http_date() -> str:
    """Return the machine's time as HTTP headers write it."""
    return _http_date(int(read_epoch()))


def elapsed_ms(since: float) -> float:
    """Return the milliseconds elapsed since `stopwatch()` gave `since`."""
    return (read_stopwatch() - since) * 1000.0


def stopwatch() -> float:
    """Return a reading for `elapsed_ms`."""
    return read_stopwatch()


def legal_date(instant: datetime) -> date:
    """Return the legal date of an aware instant."""
    return instant.astimezone(PARIS).date()


def start_of_day(day: date) -> datetime:
    """Return the legal midnight that starts `day`."""
    return datetime.combine(day, time.min, PARIS)


def between_days(du: date | None, au: date | None) -> tuple[datetime | None, datetime | None]:
    """Return the instants from which (included) and to which (excluded) two legal days lead.

    Raises `UsageError` for a day after which there is none.
    """
    try:
        following = None if au is None else au + timedelta(1)
    except OverflowError:
        raise UsageError(f"Rien ne vient après le {au} : donner un jour plus tôt.") from None
    return (
        None if du is None else start_of_day(du),
        None if following is None else start_of_day(following),
    )


@lru_cache(maxsize=1024)
def add_months(day: date, months: int) -> date:
    """Return `day` moved by whole months, at most to the last day of the month reached.

    Raises `ValueError` when the year leaves 1-9999.

    >>> add_months(date(2024, 3, 31), -1)
    datetime.date(2024, 2, 29)
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"year {year} is out of range")
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def later(instant: datetime, duration: timedelta) -> datetime:
    """Return the instant (UTC) that comes `duration` after an aware one, before if negative.

    Added to a legal time, a duration would move its hands, whatever the clock change in between.
    """
    return instant.astimezone(UTC) + duration


@dataclass(frozen=True)
class Duree:
    """A duration of simulated time: days, which keep the legal time, then time that elapses."""

    jours: int = 0
    temps: timedelta = timedelta(0)

    def after(self, instant: datetime) -> datetime:
        """Return the instant (UTC) that comes this much after an aware one.

        A legal time that the day reached doesn't have (2:30 in March) is read an hour later.
        Raises `OverflowError` beyond year 9999.

        >>> Duree(10).after(datetime(2025, 10, 20, tzinfo=PARIS)).astimezone(PARIS).isoformat()
        '2025-10-30T00:00:00+01:00'
        """
        legal = instant.astimezone(PARIS)
        day = legal.date() + timedelta(days=self.jours)
        return datetime.combine(day, legal.time(), PARIS).astimezone(UTC) + self.temps

    def __str__(self) -> str:
        minutes = self.temps // timedelta(minutes=1)
        parts = ((self.jours, "d"), (minutes // 60, "h"), (minutes % 60, "min"))
        return "".join(f"{count}{unit}" for count, unit in parts if count) or "0min"


def parse_duration(text: str) -> Duree:
    """Read a duration such as `10d`, `36h`, `30min` or `1d12h`.

    `1d` reaches the same legal time of the next day, `24h` is 24 hours of any day. Raises
    `UsageError` for anything else.
    """
    if text.strip().startswith("-") and _DURATION.fullmatch(text.strip()[1:]):
        raise UsageError(f"« {text} » recule : donner une durée sans signe, l'horloge avance.")
    parts = _DURATION.fullmatch(text.strip())
    if not text.strip() or parts is None:
        raise UsageError(f"« {text} » n'est pas une durée : écrire par exemple 10d, 36h ou 30min.")
    days, hours, minutes = (int(part or 0) for part in parts.groups())
    return Duree(days, timedelta(hours=hours, minutes=minutes))


def parse_day(text: str) -> date:
    """Read a date, ISO or as it is shown (01/08/2025); raises `UsageError` for anything else."""
    try:
        return date.fromisoformat(as_iso(text))
    except ValueError:
        raise UsageError(
            f"« {text} » n'est pas une date : écrire par exemple 2025-08-01, ou 01/08/2025."
        ) from None


def as_iso(text: str) -> str:
    """Return a date that is written as pages and commands show it in the way of ISO."""
    return _SHOWN_DATE.sub(r"\3-\2-\1", text.strip())


def parse_instant(text: str) -> datetime:
    """Read a date or a date-time, ISO or as it is shown; legal time is meant without an offset.

    Raises `UsageError` for anything else.

    >>> parse_instant("01/08/2025 10:00").isoformat()
    '2025-08-01T10:00:00+02:00'
    """
    try:
        instant = datetime.fromisoformat(as_iso(text))
    except ValueError:
        raise UsageError(
            f"« {text} » n'est pas une date ISO : écrire par exemple 2025-08-01T10:00."
        ) from None
    return instant.replace(tzinfo=PARIS) if instant.tzinfo is None else instant
