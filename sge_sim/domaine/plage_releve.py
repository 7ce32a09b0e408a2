"""The range of days in which a point is read (`plageReleve`, AX.0355)."""

import re
from functools import lru_cache

_JOUR_MAX = 28
_PLAGE_RELEVE = re.compile(r"[DTMF]{2}(\d{2})")


@lru_cache(maxsize=256)
def jour_releve(plage: str | None) -> int:
    """Return the day of the month on which a point is read, 1 to 28, from its reading range.

    TD08 is « début de mois + 08 jours »: the 9th (observed 2022 on a C4, the 6th for a C5). A
    range at the end of the month is taken on the 28th (assumed).

    >>> jour_releve("TD08"), jour_releve("MM02"), jour_releve("FM03"), jour_releve(None)
    (9, 17, 28, 1)
    """
    trouve = _PLAGE_RELEVE.fullmatch(plage or "")
    if plage is None or trouve is None:
        return 1
    debut = {"DM": 1, "TD": 1, "MM": 15, "TM": 15}.get(plage[:2], _JOUR_MAX)
    return min(debut + int(trouve[1]), _JOUR_MAX)
