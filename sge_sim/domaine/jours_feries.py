"""The public holidays of metropolitan France; those of Alsace-Moselle and overseas don't count."""

from collections.abc import Iterable
from datetime import date


def jours_feries(annees: Iterable[int]) -> set[date]:
    """Return the public holidays of these years, legal dates."""
    # Imported here: the library takes longer to load than most commands to run.
    import holidays

    return set(holidays.country_holidays("FR", years=annees))
