"""Working days, for the renewal of certificates."""

from datetime import date, timedelta

import holidays

# FAQ: a new production certificate is handed in 15 working days before the old one expires.
RENEWAL_NOTICE = 15


def is_working_day(day: date) -> bool:
    """Tell whether `day` is worked: neither a weekend nor a holiday of metropolitan France.

    Holidays proper to Alsace-Moselle and to the overseas departments don't count.
    """
    return day.weekday() < 5 and day not in holidays.country_holidays("FR", years=day.year)


def working_days_before(day: date, count: int) -> date:
    """Return the working day that comes `count` working days before `day`."""
    while count > 0:
        day -= timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day


def renewal_deadline(expiry: date) -> date:
    """Return the last day on which a new production certificate can be handed in (FAQ).

    `expiry` is the legal date (Europe/Paris) on which the old one ends.
    """
    return working_days_before(expiry, RENEWAL_NOTICE)
