"""The instants at which measures are expected: steps, days and months of a period, in legal time.

An instant is aware (UTC) where the service writes offsets, naive legal time where it doesn't: the
hour that is lived twice in autumn is then there twice.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.homologation.jugement.reponse import days_of

_STEP: Final = re.compile(r"PT(\d{1,3})M")
_AWARE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")
_NAIVE: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?")
_MONTH: Final = re.compile(r"\d{4}-\d\d")


def minutes_of(step: str | None) -> int | None:
    """Return the minutes of a step such as PT30M, None for anything else."""
    found = _STEP.fullmatch(step or "")
    return int(found[1]) or None if found else None


def aware_instant(text: str) -> datetime | None:
    """Return an instant with its offset, None where it isn't written so or isn't legal time's."""
    instant = _written(_AWARE, text)
    same = instant is not None and legal_time(instant).utcoffset() == instant.utcoffset()
    return instant if same else None


def naive_instant(text: str) -> datetime | None:
    """Return legal time without an offset, None where it isn't written so."""
    return _written(_NAIVE, text)


def month_of(text: str) -> date | None:
    """Return the first day of a month written `yyyy-MM`."""
    first = _written(_MONTH, text, "-01")
    return None if first is None else first.date()


def _written(form: re.Pattern[str], text: str, end: str = "") -> datetime | None:
    """Return the instant that a text with its `end` writes in a `form`, None if it doesn't."""
    try:
        return datetime.fromisoformat(text + end) if form.fullmatch(text) else None
    except ValueError:
        return None


def legal_time(stamp: datetime) -> datetime:
    """Return a stamp in legal time; without an offset it is in legal time already."""
    return stamp if stamp.tzinfo is None else stamp.astimezone(PARIS)


def midnight(day: date) -> datetime:
    """Return the instant (UTC) at which a legal day begins."""
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def steps_of(debut: date, fin: date, minutes: int, *, ends: bool, naive: bool) -> list[datetime]:
    """Return the stamps of the steps of [debut, fin), at the end of each or at its beginning."""
    step = timedelta(minutes=minutes)
    instant, last = midnight(debut), midnight(fin)
    found = []
    while instant < last:
        stamp = instant + step if ends else instant
        found.append(stamp.astimezone(PARIS).replace(tzinfo=None) if naive else stamp)
        instant += step
    return found


def day_of(stamp: datetime, *, ends: bool) -> date:
    """Return the legal day of the step of a stamp."""
    legal = legal_time(stamp)
    return (legal - timedelta(microseconds=1) if ends else legal).date()


def months_of(debut: date, fin: date) -> list[date]:
    """Return the first days of the months that have a day in [debut, fin)."""
    days = (day.replace(day=1) for day in days_of(debut, fin))
    return [month for month, _ in groupby(days)]


def is_in_order(found: Sequence[object], expected: Iterable[object]) -> bool:
    """Whether `found` are some of `expected`, in the same order."""
    rest = iter(expected)
    return all(each in rest for each in found)
