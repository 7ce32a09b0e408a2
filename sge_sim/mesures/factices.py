"""What the real homologation platform holds of two points: numbers that count.

Clients of the test cases on 30001610071843 and 25478147557460 read them (observed 2022 and 2023,
homologation). They are no measure: no other quantity agrees with them.
"""

from dataclasses import replace
from datetime import date

import numpy as np

from sge_sim.mesures.calendrier import calendrier, decalages, jour_de, numero_borne
from sge_sim.mesures.courbes import Courbe, courbe
from sge_sim.mesures.entrees_datees import cut_to_measured
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.quotidiennes import Energies, Puissances

_PREMIERE, _QUOTIDIENNE = 100, 800
_HEURE = 22 * 3600 + 22
"""When each day has its maximum power: 22:00:22."""


def courbe_factice(point: PointMesure, debut: date, fin: date) -> Courbe:
    """Return a curve whose values are 100, 101 ... from the first step of each legal day of
    [debut, fin): to 147 on a C5. Its stamps are those of the point's own."""
    vraie = courbe(point, debut, fin)
    debuts = vraie.horodates - 60 * vraie.pas if point.petit else vraie.horodates
    minuits = calendrier().minuits
    jours = minuits[np.searchsorted(minuits, debuts, side="right") - 1]
    return replace(
        vraie,
        valeurs=_PREMIERE + (debuts - jours) // (60 * vraie.pas),
        valides=np.ones(len(vraie.horodates), np.bool_),
    )


def energies_factices(point: PointMesure, debut: date, fin: date) -> Energies:
    """Return an energy of 800, 801 ... Wh from the first day of each month (assumed: clients read
    the first days of a month)."""
    lues = puissances_factices(point, debut, fin)
    return Energies(lues.minuits, decalages(lues.minuits), lues.valeurs, lues.valides)


def puissances_factices(point: PointMesure, debut: date, fin: date) -> Puissances:
    """Return a maximum of 800, 801 ... VA from the first day of each month, at 22:00:22."""
    i0, i1 = cut_to_measured(point, numero_borne(debut), numero_borne(fin))
    table = calendrier()
    horodates = table.minuits[i0:i1] + _HEURE + 3600 * (table.heures[i0:i1] - 24)
    rangs = [jour_de(rang).day - 1 for rang in range(i0, i1)]
    return Puissances(
        minuits=table.minuits[i0:i1],
        horodates=horodates,
        decalages=decalages(horodates),
        valeurs=_QUOTIDIENNE + np.array(rangs, np.int64),
        valides=np.ones(i1 - i0, np.bool_),
    )
