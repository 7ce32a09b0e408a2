"""Daily values: global energy and maximum power."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sge_sim.arrays import Entiers, Masque
from sge_sim.mesures.alea import draws
from sge_sim.mesures.calendrier import calendrier, decalages, jour_de, numero_borne
from sge_sim.mesures.courbes import blocs, courbe
from sge_sim.mesures.installations import installation_de
from sge_sim.mesures.journees import journees, jours_perdus, periode_mesuree, puissance_de
from sge_sim.mesures.point import Grandeur, PointMesure

JOURS_POUR_UN_MOIS = 7
"""Daily maxima below which SGE gives no monthly maximum, only an empty value (GUI 0488)."""


@dataclass(frozen=True)
class Energies:
    """The energy of whole legal days, ascending, arrays of one entry per day.

    `minuits`: epoch seconds (UTC) of the midnight that starts the day; `decalages`: offset of
    legal time then, seconds; `valeurs`: Wh (VArh for a reactive quantity); `valides`: False where
    the value is lost.
    """

    minuits: Entiers
    decalages: Entiers
    valeurs: Entiers
    valides: Masque


@dataclass(frozen=True)
class Puissances:
    """The maximum power of whole legal days, ascending, arrays of one entry per day.

    `minuits` as in `Energies`; `horodates` and `decalages`: the instant of the maximum (UTC) and
    the offset of legal time then; `valeurs`: VA for C5 and P4, W for the others; `valides`.
    """

    minuits: Entiers
    horodates: Entiers
    decalages: Entiers
    valeurs: Entiers
    valides: Masque


@dataclass(frozen=True)
class PuissanceMensuelle:
    """The largest of a month's daily maxima; `valeur` is None under 7 daily values (GUI 0488)."""

    mois: date
    valeur: int | None


def energies_quotidiennes(
    point: PointMesure, debut: date, fin: date, grandeur: Grandeur = Grandeur.PA
) -> Energies:
    """Return the energy of each legal day of [debut, fin).

    C5 and P4 ("DIFF.INDEX"): the difference of the two indexes around the day, lost when one of
    them is. C1-C4 and P1-P3 ("INTEG.COURBE"): the curve's integral rounded down, so
    `sum(W) // 12` on 5 minutes and `sum(W) // 6` on 10 (observed 2023), lost when a point is.
    """
    i0, i1 = periode_mesuree(point, numero_borne(debut), numero_borne(fin))
    parts = [j.totaux for j in journees(point, i0, i1, grandeur)]
    valeurs = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    table = calendrier()
    if point.petit:
        perdus = jours_perdus(point, i0 - 1, i1)
        valides = ~(perdus[1:] | perdus[:-1])
    else:
        valeurs = valeurs * 1000 // 12
        valides = np.ones(i1 - i0, np.bool_)
        if point.trous:
            relevee = courbe(point, debut, fin, grandeur)
            perdues = relevee.horodates[~relevee.valides]
            valides[np.searchsorted(table.minuits[i0:i1], perdues, side="right") - 1] = False
    return Energies(table.minuits[i0:i1], table.decalages[i0:i1], valeurs, valides)


def puissances_maximales(point: PointMesure, debut: date, fin: date) -> Puissances:
    """Return the maximum power of each legal day of [debut, fin), with its instant.

    C5 and P4: apparent power in VA, at least the day's curve (collected or not) and within the
    subscribed power, at some second of the curve's largest step. C1-C4 and P1-P3: the curve's
    maximum in W, at the start of its step.
    """
    i0, i1 = periode_mesuree(point, numero_borne(debut), numero_borne(fin))
    table = calendrier()
    valeurs, instants = [], []
    for bloc in blocs(point, i0, i1, Grandeur.PA):
        a, b = bloc.premier, bloc.fin
        rangs = bloc.valeurs.argmax(axis=1)
        maxima = bloc.valeurs[np.arange(b - a), rangs]
        debuts = table.minuits[a:b] + rangs * bloc.pas * 60
        if point.petit:
            hasard = draws(installation_de(point).cle_puissances, np.arange(a, b, dtype=np.int64))
            debuts = debuts + hasard % (bloc.pas * 60)
            # A minute's draw stands out of the half-hour's mean, by up to 80 % (assumed).
            pointes = maxima + maxima * (hasard >> 32 & 0xFFF) // 5120
            limite = 1000 * puissance_de(point, jour_de(a))
            maxima = np.maximum(maxima, np.minimum(pointes, limite))
        valeurs.append(maxima)
        instants.append(debuts)
    horodates = np.concatenate(instants) if instants else np.zeros(0, np.int64)
    return Puissances(
        minuits=table.minuits[i0:i1],
        horodates=horodates,
        decalages=decalages(horodates),
        valeurs=np.concatenate(valeurs) if valeurs else np.zeros(0, np.int64),
        valides=~jours_perdus(point, i0, i1),
    )


def puissances_mensuelles(
    point: PointMesure, debut: date, fin: date
) -> tuple[PuissanceMensuelle, ...]:
    """Return the maximum power of each month, from the daily maxima of [debut, fin).

    A month without daily value is left out. Only the days asked count, even where a month is cut
    (assumed: nothing outside of the period that was asked is told).
    """
    jours = puissances_maximales(point, debut, fin)
    premier = periode_mesuree(point, numero_borne(debut), numero_borne(fin))[0]
    par_mois: dict[date, list[int]] = {}
    for rang, (valeur, valide) in enumerate(
        zip(jours.valeurs.tolist(), jours.valides, strict=True)
    ):
        if valide:
            par_mois.setdefault(jour_de(premier + rang).replace(day=1), []).append(valeur)
    return tuple(
        PuissanceMensuelle(mois, max(maxima) if len(maxima) >= JOURS_POUR_UN_MOIS else None)
        for mois, maxima in par_mois.items()
    )
