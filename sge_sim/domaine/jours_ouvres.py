"""Public holidays, working days and delays counted in them, of metropolitan France, in legal dates.

The holidays are those of the Code du travail (art. L3133-1), for years from 1982 on; those of
Alsace-Moselle and overseas don't count. Delays: GUI 0469.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Self

from dateutil.easter import easter

from sge_sim.clock import PARIS, Duree, parse_duration
from sge_sim.errors import UsageError
from sge_sim.machine.once import computed_once

_FIXES: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_APRES_PAQUES: Final = (1, 39)
"""Days from Easter to its Monday and to Ascension Day."""
_PENTECOTE: Final = 50
"""Days from Easter to Whit Monday."""
_SOLIDARITE: Final = range(2005, 2008)
"""The years in which Whit Monday was a working day for all, in solidarity with the old."""


def jours_feries(annees: Iterable[int]) -> set[date]:
    """Return the public holidays of these years, legal dates."""
    return {jour for annee in annees for jour in _jours_feries(annee)}


def _jours_feries(annee: int) -> Iterator[date]:
    for mois, jour in _FIXES:
        yield date(annee, mois, jour)
    paques: date = easter(annee)
    for ecart in _APRES_PAQUES:
        yield paques + timedelta(ecart)
    if annee not in _SOLIDARITE:
        yield paques + timedelta(_PENTECOTE)


@computed_once(4096)
def is_working_day(day: date) -> bool:
    """Tell whether `day` is worked: neither a weekend nor a holiday of metropolitan France."""
    return day.weekday() < 5 and day not in jours_feries([day.year])


def working_days_before(day: date, count: int) -> date:
    """Return the working day that comes `count` working days before `day`."""
    return _walk(day, count, timedelta(days=-1))


def working_days_after(day: date, count: int) -> date:
    """Return the working day that comes `count` working days after `day`."""
    return _walk(day, count, timedelta(days=1))


_COUNTED_MOST = 250


def working_days_between(first: date, last: date) -> int:
    """Return how many working days come after `first` until `last`, included; 250 at most."""
    count = 0
    while first < last and count < _COUNTED_MOST:
        first += timedelta(days=1)
        count += is_working_day(first)
    return count


def _walk(day: date, count: int, step: timedelta) -> date:
    while count > 0:
        day += step
        if is_working_day(day):
            count -= 1
    return day


_LONGEST_DAYS = 366
_NO_TIME = Duree()
_JOURS_OUVRES = re.compile(r"(\d{1,3})jo")


@dataclass(frozen=True)
class Delai:
    """A delay of simulated time: some working days, kept to the legal hour, then a duration."""

    duree: Duree = _NO_TIME
    jours_ouvres: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `3jo` (working days) or a duration such as `10d`, `36h`, `30min`.

        Raises `UsageError` for anything else.
        """
        jours = _JOURS_OUVRES.fullmatch(text.strip())
        if jours is not None:
            return cls(jours_ouvres=int(jours[1]))
        try:
            duree = parse_duration(text)
        except UsageError:
            raise UsageError(
                f"« {text} » n'est pas un délai : écrire par exemple 3jo (jours ouvrés), 10d, 36h "
                "ou 30min."
            ) from None
        if duree.jours + duree.temps.total_seconds() / 86_400 > _LONGEST_DAYS:
            raise UsageError(f"« {text} » : un délai ne passe pas {_LONGEST_DAYS} jours.")
        return cls(duree)

    def after(self, instant: datetime) -> datetime:
        """Return the instant that comes this much after an aware one."""
        if self.jours_ouvres:
            legal = instant.astimezone(PARIS)
            day = working_days_after(legal.date(), self.jours_ouvres)
            instant = datetime.combine(day, legal.time(), PARIS)
        return self.duree.after(instant)

    def __str__(self) -> str:
        return f"{self.jours_ouvres}jo" if self.jours_ouvres else str(self.duree)


AUSSITOT = Delai()
"""No delay at all."""
