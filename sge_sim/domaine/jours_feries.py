"""The public holidays of metropolitan France; those of Alsace-Moselle and overseas don't count.

They are those of the Code du travail (art. L3133-1), for years from 1982 on.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final

from dateutil.easter import easter

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
