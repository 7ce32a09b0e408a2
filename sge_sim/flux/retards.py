"""Daily data of C5 points that come late, as on the real platform.

Some days are not there when their file is made; if they come within 20 days while the
subscription runs, a later file holds them (guides R50 and R151). How many do is assumed.
"""

from datetime import date, timedelta

from sge_sim.mesures import PointMesure
from sge_sim.mesures.alea import draw, subkey

DELAI_MAXIMAL = 20
"""Days after which data that did not come are not sent any more (guides R50 and R151)."""
POUR_MILLE = 5
"""Days that come late, per thousand (assumed)."""

_USE = 0x5E7A2D


def retard(point: PointMesure, jour: date) -> int:
    """Return by how many days the data of `jour` are late, 0 for nearly all."""
    hasard = draw(subkey(point.graine, _USE), jour.toordinal())
    if hasard % 1000 >= POUR_MILLE:
        return 0
    return 1 + (hasard >> 20) % DELAI_MAXIMAL


def rattrapes(point: PointMesure, depuis: date, jour: date) -> tuple[date, ...]:
    """Return the days from `depuis` on that come with the file of `jour`, oldest first."""
    return tuple(
        ancien
        for ancien in (jour - timedelta(recul) for recul in range(DELAI_MAXIMAL, 0, -1))
        if ancien >= depuis and retard(point, ancien) == (jour - ancien).days
    )
