"""Voltages around the nominal (assumed)."""

from functools import lru_cache

import numpy as np

from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.tableaux import Entiers

_CREUX = (
    8, 9, 10, 10, 9, 6, 1, -4, -7, -8, -7, -6, -5, -6, -6, -5, -4, -6, -10, -11, -8, -3, 2, 6,
)  # fmt: skip
"""Departures by hour, in 1/1000."""


@lru_cache(maxsize=2)
def tensions(pas_par_jour: int) -> Entiers:
    """Return 32 days of voltage, as departures from the nominal in 1/1000: (32, steps)."""
    rangs = np.arange(32 * pas_par_jour, dtype=np.int64).reshape(32, pas_par_jour)
    creux = _lisse(_CREUX, pas_par_jour)
    lent = _bruit_lent(subkey(31, pas_par_jour), rangs, pas_par_jour // 12, 9)
    vif = draws(subkey(32, pas_par_jour), rangs) % 5 - 2
    ecarts = creux // 16 + lent + vif
    ecarts.setflags(write=False)
    return ecarts


def _lisse(forme: tuple[int, ...], pas_par_jour: int) -> Entiers:
    """Return 16 times an hourly shape, linear between hours, at the start of each step."""
    par_heure = pas_par_jour // 24
    heures = np.array((*forme, forme[0]), np.int64)
    rang = np.arange(pas_par_jour)
    h, reste = rang // par_heure, rang % par_heure
    return (heures[h] * (par_heure - reste) + heures[h + 1] * reste) * 16 // par_heure


def _bruit_lent(cle: int, rangs: Entiers, periode: int, amplitude: int) -> Entiers:
    """Return a noise in [-amplitude, amplitude], linear between knots `periode` steps apart."""
    gauche = draws(cle, rangs // periode) % (2 * amplitude + 1) - amplitude
    droite = draws(cle, rangs // periode + 1) % (2 * amplitude + 1) - amplitude
    reste = rangs % periode
    return (gauche * (periode - reste) + droite * reste) // periode
