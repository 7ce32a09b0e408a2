"""When the homologation platform is open.

The FAQ gives the hours of its sessions; that a closed platform answers HTTP 503, and that a bound
is open at its start and closed at its end, is assumed. Production has no published hours.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import Final

from sge_sim.clock import PARIS
from sge_sim.domaine.jours_ouvres import is_working_day

OUVERTURES: Final = ((time(9), time(12)), (time(14), time(18)))
"""From when (included) to when (excluded) it is open on a working day, in legal time (FAQ)."""

_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def is_open(now: datetime) -> bool:
    """Tell whether the platform is open at `now` (aware): working days, 9-12 h and 14-18 h."""
    legal = now.astimezone(PARIS)
    return is_working_day(legal.date()) and any(
        start <= legal.time() < end for start, end in OUVERTURES
    )


def next_opening(now: datetime) -> datetime:
    """Return the first opening after `now` (aware), in legal time."""
    legal = now.astimezone(PARIS)
    return next(opening for opening in _openings_from(legal.date()) if opening > legal)


def seconds_until(now: datetime, opening: datetime) -> int:
    """Return the whole seconds from `now` to `opening`, clock changes included."""
    # Two legal times subtract without the hour that a clock change adds: hence UTC.
    return ceil((opening.astimezone(UTC) - now.astimezone(UTC)).total_seconds())


def closed_sentence(now: datetime, *, simulated: bool) -> str:
    """Say in French that the platform is closed at `now`, and when it opens.

    `simulated` tells that `now` is the simulated time, not that of the real platform.
    """
    whose = " (heure simulée)" if simulated else ""
    return (
        f"La plateforme d'homologation est fermée : {_french(now.astimezone(PARIS))}{whose}. "
        "Elle ouvre les jours ouvrés de 9 h à 12 h et de 14 h à 18 h, heure légale. "
        f"Prochaine ouverture : {_french(next_opening(now))}."
    )


def _openings_from(day: date) -> Iterator[datetime]:
    while True:
        if is_working_day(day):
            for start, _ in OUVERTURES:
                yield datetime.combine(day, start, PARIS)
        day += timedelta(days=1)


def _french(legal: datetime) -> str:
    day = "1er" if legal.day == 1 else str(legal.day)
    return (
        f"{_JOURS[legal.weekday()]} {day} {_MOIS[legal.month - 1]} {legal.year} "
        f"à {legal.hour} h {legal.minute:02}"
    )
