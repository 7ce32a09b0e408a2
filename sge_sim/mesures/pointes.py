"""The largest power of a day of a C5 or a P4: what lasts less than a half-hour.

An oven, a kettle, a motor that starts stand out of the mean of their half-hour, and not always of
the highest one (observed on a Linky of two years: in 42 % of days the maximum falls in the
half-hour of the highest mean, and it is 1.1 to 5.2 times that mean, half of the time above 1.56).
How short loads are drawn is assumed.
"""

import numpy as np

from sge_sim.mesures.alea import Cles, draws
from sge_sim.mesures.tableaux import Entiers

TOLERANCE = 110
"""Most that a breaker lets through, per cent of the subscribed power (assumed)."""
_PLUS_FORT = 4
"""A short load is at most so many times the highest mean."""
_DEMI_HEURE = 1800


def instantanees(
    valeurs: Entiers,
    cles: Cles | int,
    jours: Entiers,
    puissances: int | Entiers,
    *,
    injection: bool,
) -> tuple[Entiers, Entiers]:
    """Return the largest power of each row of mean W, shape (rows, steps), in VA, and when it
    happens, seconds since midnight. `cles` and `puissances` (kVA) are one or one a row, `jours`
    likewise."""
    hasard, autre = draws(cles, 2 * jours), draws(cles, 2 * jours + 1)
    lignes, pas = np.arange(len(valeurs)), valeurs.shape[1]
    rangs = valeurs.argmax(axis=1)
    moyennes = valeurs[lignes, rangs]
    # The moment of the highest mean: a little to a lot above it.
    u = hasard & 0xFF
    largeur = 10 if injection else 62
    pleines = moyennes + moyennes * (4 * 256 + largeur * u) // 25600
    if not injection:
        # A short load, in one of two half-hours: the one that has more.
        un, deux = (autre & 0xFFF) * pas >> 12, (autre >> 12 & 0xFFF) * pas >> 12
        ailleurs = np.where(valeurs[lignes, un] >= valeurs[lignes, deux], un, deux)
        v = autre >> 24 & 0x3FF
        carre = v * v >> 10
        appel = (
            (480 + 1600 * carre // 1024 + 2600 * (carre * carre >> 10) // 1024) * puissances // 6
        )
        appel = np.minimum(appel, (_PLUS_FORT * moyennes).astype(np.int64))
        breves = valeurs[lignes, ailleurs] + appel
        rangs = np.where(breves > pleines, ailleurs, rangs)
        pleines = np.maximum(pleines, breves)
    plafond = puissances * (1000 if injection else 10 * TOLERANCE)
    secondes = rangs * _DEMI_HEURE + (hasard >> 32) % _DEMI_HEURE
    return np.maximum(moyennes, np.minimum(pleines, plafond)), secondes
