"""Days that Enedis put right: what a meter told is replaced where corrected measures are told.

A rectification is a correction by hand, point by point: of the corrected curve (`n` C) and of what
is billed. What is raw stays as the meter told it: its curve, its registers, its energies and its
maxima (assumed: the guides know `n` C and `codeStatut` R, and tell of no other trace).
"""

from dataclasses import replace

import numpy as np

from sge_sim.mesures.calendrier import calendrier, numero_borne
from sge_sim.mesures.courbes import Courbe
from sge_sim.mesures.index import energies_des_registres
from sge_sim.mesures.point import Grandeur, JourRectifie, PointMesure
from sge_sim.mesures.tableaux import Entiers, Masque

_TOTAL = -1


def corrected_curve(point: PointMesure, courbe: Courbe) -> tuple[Courbe, Masque]:
    """Return an active curve of a C1-C4 or P1-P3 with the days that were put right, and tell which
    points are theirs: they add up to the energy of the day, to a step of one kilowatt."""
    corriges = np.zeros(len(courbe.horodates), np.bool_)
    if not point.rectifications:
        return courbe, corriges
    valeurs = courbe.valeurs.copy()
    for rectification in point.rectifications:
        n = numero_borne(rectification.jour)
        minuits = calendrier().minuits[n : n + 2]
        a, b = np.searchsorted(courbe.horodates, minuits).tolist()
        kilowatts = np.cumsum(valeurs[a:b]) // 1000
        if a == b or not kilowatts[-1]:
            continue
        visee = rectification.energie * 60 // (1000 * int(courbe.pas[a]))
        valeurs[a:b] = 1000 * np.diff(kilowatts * visee // kilowatts[-1], prepend=0)
        corriges[a:b] = True
    return replace(courbe, valeurs=valeurs, pas_unique=None), corriges


def rectified_registers(point: PointMesure, rectification: JourRectifie) -> Entiers:
    """Return what each register gains, Wh, by the energy of a day that was put right: each class
    by what it had of that day, shape (16,)."""
    n = numero_borne(rectification.jour)
    counted = energies_des_registres([(point, n, n + 1)], Grandeur.PA)[0][:, 0]
    if not counted[_TOTAL]:
        return np.zeros_like(counted)
    # A large meter counts twelfths of a kWh, from five minutes to the next.
    energies = counted if point.petit else counted * 1000 // 12
    gained: Entiers = counted * rectification.energie // counted[_TOTAL] - energies
    return gained
