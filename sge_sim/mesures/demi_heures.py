"""The half-hours of a C5 or a P4: what its meter counts, and what is kept of it.

What is asked for is mostly a week or so, and the half-hours of a day depend on nothing but the
dated entries of the point: they are computed and kept by two months.
"""

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.entrees_datees import coupes_de
from sge_sim.mesures.formes import BITS, UNITE
from sge_sim.mesures.journees_lues import journees_lues
from sge_sim.mesures.jours import Journees
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.tableaux import Entiers

QUELQUES_JOURS: Final = 16
"""Whoever asks for more has them computed at once rather than put together."""
_BITS_GARDES: Final = 6
"""The days kept together: 64, of 6 kB."""


def watts(j: Journees, exacts: Entiers, *, horaire: bool) -> Entiers:
    """Return mean W from the whole Wh since midnight: twice the Wh of a half-hour.

    `exacts` are the days step by step (`Journees.pas_a_pas`).
    """
    comptes = exacts + UNITE // 2
    comptes >>= BITS
    if j.arrondies:
        # The day was rounded down to whole Wh.
        np.minimum(comptes, j.totaux[:, None], out=comptes)
    if horaire:
        comptes = comptes[:, ::2]
        return comptes[:, 1:] - comptes[:, :-1]
    watts: Entiers = comptes[:, 1:] - comptes[:, :-1]
    watts *= 2
    return watts


def demi_heures(point: PointMesure, i0: int, i1: int) -> Iterator[tuple[int, Entiers]]:
    """Yield the mean W of the days [i0, i1) of a C5 or P4, in parts of days of the same length:
    the first day of each, and its values of shape (days, steps)."""
    while i0 < i1:
        debut, fin = _gardees_ensemble(point, i0)
        borne = min(fin, i1)
        yield i0, _gardees(point, debut, fin)[i0 - debut : borne - debut].astype(np.int64)
        i0 = borne


def _gardees_ensemble(point: PointMesure, jour: int) -> tuple[int, int]:
    """Return the days around one that are kept together: of the same length, under the same dated
    entries."""
    bornes, coupes = _bornes(), coupes_de(point)
    rang = bisect_right(bornes, jour)
    debut, fin = bornes[rang - 1], bornes[rang]
    rang = bisect_right(coupes, jour)
    if rang and coupes[rang - 1] > debut:
        debut = coupes[rang - 1]
    if rang < len(coupes) and coupes[rang] < fin:
        fin = coupes[rang]
    return debut, fin


@lru_cache(maxsize=1)
def _bornes() -> tuple[int, ...]:
    """Return the days on which, for all points, others begin to be kept."""
    jours = len(calendrier().heures)
    return tuple(sorted({*range(0, jours, 1 << _BITS_GARDES), *calendrier().bords, jours}))


@lru_cache(maxsize=2048)
def _gardees(point: PointMesure, i0: int, i1: int) -> NDArray[Any]:
    """Return the mean W of days of the same length, in as few bytes as hold them; read-only."""
    (j,) = journees_lues(point, i0, i1, par_duree=True)
    exacts = watts(j, j.pas_a_pas(), horaire=False)
    gardees: NDArray[Any] = exacts.astype(np.min_scalar_type(int(np.max(exacts, initial=0))))
    gardees.setflags(write=False)
    return gardees
