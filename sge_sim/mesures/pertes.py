"""What is lost between a meter and who reads its curve, as was seen.

A Linky lost 14 half-hours of 17 866 in two years, some of them in a row, and told 65535 once as its
maximum; a large meter lost 2 % of its 10-minute steps, in bursts (observed, one of each). When it
happens is drawn from the seed of the point (assumed). The meter goes on counting.
"""

import numpy as np

from sge_sim.mesures.alea import draw, draws
from sge_sim.mesures.installations import find_cles
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.tableaux import Entiers, Masque

ILLISIBLE = 65_535
"""What a Linky tells of a maximum that it couldn't read."""
_UN_JOUR_SUR = {True: 44, False: 13}
"""One day in so many has a gap, of a small meter and of a large one."""
_PAS = {True: 1800, False: 600}
_ILLISIBLE_SUR = 730
_JOUR = 86_400


def find_lost(point: PointMesure, debuts: Entiers) -> Masque:
    """Tell which recorded steps, given by when they start (epoch seconds, ascending), were lost."""
    if not len(debuts):
        return np.zeros(0, np.bool_)
    # Days of UTC, so that none has 23 or 25 hours.
    jours, secondes = debuts // _JOUR, debuts % _JOUR
    premier = int(jours[0])
    hasard = draws(find_cles(point.graine).pertes, np.arange(premier, int(jours[-1]) + 1))
    pas = _PAS[point.petit]
    tirage = hasard >> 32 & 0xFF
    # One step, most often, and nine at most of a small meter; an hour to half a day of a large one.
    longueurs = 1 + (9 * tirage**3 >> 24) if point.petit else 6 + tirage // 4
    trous = hasard % _UN_JOUR_SUR[point.petit] == 0
    departs = (hasard >> 16 & 0xFFFF) * (_JOUR // pas) >> 16
    ici = jours - premier
    rangs = secondes // pas - departs[ici]
    lost: Masque = trous[ici] & (rangs >= 0) & (rangs < longueurs[ici])
    return lost


def loses(point: PointMesure, debut: int, fin: int) -> bool:
    """Tell whether a step that starts within [debut, fin) was lost."""
    return bool(find_lost(point, np.arange(debut, fin, _PAS[point.petit], dtype=np.int64)).any())


def find_unreadable(point: PointMesure, jours: Entiers) -> Masque:
    """Tell which days, by number, have a maximum that couldn't be read."""
    lus: Masque = draws(find_cles(point.graine).pertes ^ 1, jours) % _ILLISIBLE_SUR == 0
    return lus


def is_unreadable(point: PointMesure, jour: int) -> bool:
    """As `find_unreadable`, of one day."""
    return draw(find_cles(point.graine).pertes ^ 1, jour) % _ILLISIBLE_SUR == 0
