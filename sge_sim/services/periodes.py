"""How far back a service looks."""

from calendar import monthrange
from datetime import date


def months_before(jour: date, mois: int) -> date:
    """Return the same day some months earlier, or the last one of that month.

    >>> months_before(date(2024, 3, 31), 1)
    datetime.date(2024, 2, 29)
    """
    annee, rang = divmod(jour.year * 12 + jour.month - 1 - mois, 12)
    return jour.replace(
        year=annee, month=rang + 1, day=min(jour.day, monthrange(annee, rang + 1)[1])
    )
