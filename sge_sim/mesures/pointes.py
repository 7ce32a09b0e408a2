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
_AU_DESSUS, _AU_PLUS_AU_DESSUS, _SOLEIL_AU_DESSUS = 4, 56, 10
"""How far the highest mean is exceeded within its half-hour, per cent: at least, then what chance
adds at most, and of a plant."""
_APPEL = (560, 2000, 3000)
"""VA of a short load where 6 kVA are subscribed: at least, then what chance adds by its square and
by its fourth power."""
_DEMI_HEURE = 1800
_DU_POINT = np.array([1 << 40])
"""Where what a point draws for all its days is, beside what they draw."""


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
    largeur = _SOLEIL_AU_DESSUS if injection else _AU_PLUS_AU_DESSUS
    pleines = moyennes + moyennes * (_AU_DESSUS * 256 + largeur * (hasard & 0xFF)) // (100 * 256)
    if not injection:
        # A short load, in one of two half-hours: the one that has more.
        ici, la = (autre & 0xFFF) * pas >> 12, (autre >> 12 & 0xFFF) * pas >> 12
        ailleurs = np.where(valeurs[lignes, ici] >= valeurs[lignes, la], ici, la)
        least, par_carre, par_quatre = _APPEL
        carre = (autre >> 24 & 0x3FF) ** 2 >> 10
        appel = least + par_carre * carre // 1024 + par_quatre * (carre * carre >> 10) // 1024
        appel = np.minimum(appel * puissances // 6, (_PLUS_FORT * moyennes).astype(np.int64))
        breves = valeurs[lignes, ailleurs] + appel
        rangs = np.where(breves > pleines, ailleurs, rangs)
        pleines = np.maximum(pleines, breves)
    # The nearer to what its breaker lets through, the less of it a point adds: no two stop alike.
    propre, exces = draws(cles, _DU_POINT), pleines - moyennes
    tolere = 1000 + (0 if injection else propre % (10 * TOLERANCE - 999))
    reste = np.maximum(puissances * tolere - moyennes, 0)
    exces = exces * (40 + (propre >> 20) % 121) // 100
    secondes = rangs * _DEMI_HEURE + (hasard >> 32) % _DEMI_HEURE
    return moyennes + exces * reste // np.maximum(exces + reste, 1), secondes
