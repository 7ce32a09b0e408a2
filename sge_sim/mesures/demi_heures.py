"""The half-hours of a C5 or a P4: what its meter counts, and what is kept of it.

What is asked for is mostly a week or so, and the half-hours of a day depend on nothing but the
dated entries of the point: they are computed and kept by two months.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sge_sim.machine.once import computed_once
from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.journees import journees
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.tableaux import Entiers

QUELQUES_JOURS: Final = 16
"""Whoever asks for more has them computed at once rather than put together."""
_BITS_GARDES: Final = 6
"""The days kept together: 64, of 6 kB."""


def demi_heures(point: PointMesure, i0: int, i1: int) -> Iterator[tuple[int, Entiers]]:
    """Yield the mean W of the days [i0, i1) of a C5 or P4, in parts of days of the same length:
    the first day of each, and its values of shape (days, steps)."""
    for rang in range(i0 >> _BITS_GARDES, (i1 - 1 >> _BITS_GARDES) + 1):
        for premier, gardees in _gardees(point, rang):
            debut, fin = max(premier, i0), min(premier + len(gardees), i1)
            if debut < fin:
                yield debut, gardees[debut - premier : fin - premier].astype(np.int64)


@computed_once(2048)
def _gardees(point: PointMesure, rang: int) -> list[tuple[int, NDArray[Any]]]:
    """Return the mean W of the days of that rank that are kept together, in parts of days of the
    same length under the same dated entries: as few bytes as hold them, read-only."""
    debut = rang << _BITS_GARDES
    fin = min(debut + (1 << _BITS_GARDES), len(calendrier().heures))
    parts = []
    for j in journees(point, debut, fin, par_duree=True):
        exacts = j.watts()
        gardees = exacts.astype(np.min_scalar_type(int(np.max(exacts, initial=0))))
        gardees.setflags(write=False)
        parts.append((j.premier, gardees))
    return parts
