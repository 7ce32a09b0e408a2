"""Off-peak ranges as uses look at them."""

from functools import lru_cache

from sge_sim.mesures.point import Plages


@lru_cache(maxsize=256)
def durees_des(plages: Plages) -> tuple[tuple[int, int], ...]:
    """Return the start of each range and how long it lasts, in minutes, the longest first.

    >>> durees_des(((1376, 416),))
    ((1376, 480),)
    """
    durees = [(debut % 1440, (fin - debut) % 1440 or 1440) for debut, fin in plages]
    return tuple(sorted(durees, key=lambda plage: -plage[1]))


__all__ = ["Plages", "durees_des"]
