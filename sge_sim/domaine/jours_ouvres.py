"""Working days of metropolitan France, in legal dates."""

from datetime import date, timedelta
from functools import lru_cache

from sge_sim.domaine.jours_feries import jours_feries


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """Tell whether `day` is worked: neither a weekend nor a holiday of metropolitan France."""
    return day.weekday() < 5 and day not in jours_feries([day.year])


def working_days_before(day: date, count: int) -> date:
    """Return the working day that comes `count` working days before `day`."""
    return _walk(day, count, timedelta(days=-1))


def working_days_after(day: date, count: int) -> date:
    """Return the working day that comes `count` working days after `day`."""
    return _walk(day, count, timedelta(days=1))


def working_days_between(first: date, last: date, most: int = 250) -> int:
    """Return how many working days come after `first` until `last`, included; `most` at most."""
    count = 0
    while first < last and count < most:
        first += timedelta(days=1)
        count += is_working_day(first)
    return count


def _walk(day: date, count: int, step: timedelta) -> date:
    while count > 0:
        day += step
        if is_working_day(day):
            count -= 1
    return day
