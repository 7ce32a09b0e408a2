"""Daily values: global energy and maximum power."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sge_sim.mesures.alea import draws
from sge_sim.mesures.calendrier import calendrier, decalages, jour_de, midnights_of, numero_borne
from sge_sim.mesures.courbes import Bloc, blocs, courbe, find_recorded_days
from sge_sim.mesures.entrees_datees import (
    cut_to_measured,
    find_puissance,
    index_perdus,
    jours_perdus,
)
from sge_sim.mesures.installations import find_cles
from sge_sim.mesures.journees import journees
from sge_sim.mesures.pertes import ILLISIBLE, find_unreadable
from sge_sim.mesures.point import Grandeur, PointMesure
from sge_sim.mesures.pointes import instantanees
from sge_sim.mesures.tableaux import AUCUN, Entiers, Masque

JOURS_POUR_UN_MOIS = 7
"""Daily maxima below which SGE gives no monthly maximum, only an empty value (GUI 0488)."""
PHASES = (1, 2, 3)
_PAS_AU_PLUS = 64
"""More half-hours than the longest day has: a counter of the steps of all days."""


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
    i0, i1 = cut_to_measured(point, numero_borne(debut), numero_borne(fin))
    perdus = index_perdus(point, i0, i1 + 1)
    valeurs = np.concatenate([j.totaux for j in journees(point, i0, i1, grandeur)] or [AUCUN])
    if point.petit:
        valides = ~(perdus[1:] | perdus[:-1])
    else:
        valeurs = valeurs * 1000 // 12
        valides = find_recorded_days(point, i0, i1)
        if point.trous or point.pertes:
            relevee = courbe(point, debut, fin, grandeur)
            perdues = relevee.horodates[~relevee.valides]
            valides[np.searchsorted(midnights_of(i0, i1)[0], perdues, side="right") - 1] = False
    return Energies(*midnights_of(i0, i1), valeurs, valides)


def phases_de(point: PointMesure) -> tuple[int, ...]:
    """Return the phases of which maxima are told, PMA1 to PMA3: of a three-phase C5 (GUI 0497)."""
    return PHASES if point.triphase and point.segment == "C5" else ()


def puissances_maximales(
    point: PointMesure, debut: date, fin: date, phase: int | None = None
) -> Puissances:
    """Return the maximum power of each legal day of [debut, fin), with its instant.

    C5 and P4: apparent power in VA, at least the day's curve (collected or not) and within what
    the breaker of the subscribed power lets through, at some second of the day (`pointes`); that
    of a P4 is of what it injects. C1-C4 and P1-P3: the curve's maximum in W, at the
    start of its step.

    `phase`, one of `phases_de`: the maximum of that phase alone, at its own instant; the three
    maxima add up to that of the sum at least. Raises `ValueError` for a phase that isn't told.
    """
    if phase is not None and phase not in phases_de(point):
        raise ValueError(f"nothing is told of phase {phase} of this point")
    i0, i1 = cut_to_measured(point, numero_borne(debut), numero_borne(fin))
    table = calendrier()
    valeurs, instants = [], []
    for bloc in blocs([(point, i0, i1, Grandeur.PA, False)])[0]:
        maxima, secondes = _maxima(point, bloc)
        if phase is not None:
            maxima, secondes = _maxima_de_phase(point, bloc, maxima, phase)
        elif point.petit and point.pertes:
            rangs = np.arange(bloc.premier, bloc.fin, dtype=np.int64)
            maxima = np.where(find_unreadable(point, rangs), ILLISIBLE, maxima)
        valeurs.append(maxima)
        instants.append(table.minuits[bloc.premier : bloc.fin] + secondes)
    horodates = np.concatenate(instants or [AUCUN])
    return Puissances(
        minuits=table.minuits[i0:i1],
        horodates=horodates,
        decalages=decalages(horodates),
        valeurs=np.concatenate(valeurs or [AUCUN]),
        valides=~jours_perdus(point, i0, i1),
    )


def _maxima(point: PointMesure, bloc: Bloc) -> tuple[Entiers, Entiers]:
    """Return each day's maximum and its instant, seconds since midnight."""
    a, b = bloc.premier, bloc.fin
    if point.petit:
        jours = np.arange(a, b, dtype=np.int64)
        return instantanees(
            bloc.valeurs,
            find_cles(point.graine).puissances,
            jours,
            find_puissance(point, jour_de(a)),
            injection=point.injection,
        )
    rangs = bloc.valeurs.argmax(axis=1)
    return bloc.valeurs[np.arange(b - a), rangs], rangs * bloc.pas * 60


def _maxima_de_phase(
    point: PointMesure, bloc: Bloc, maxima: Entiers, phase: int
) -> tuple[Entiers, Entiers]:
    """Return each day's maximum of one phase and its instant, from those of the sum.

    At each half-hour the phases share the power, each between a fifth and a half of it (assumed).
    The largest mean of the phase stands to its maximum as that of the sum does.
    """
    jours, pas = bloc.valeurs.shape
    rangs = np.arange(bloc.premier, bloc.fin, dtype=np.int64)
    hasard = draws(find_cles(point.graine).phases, rangs[:, None] * _PAS_AU_PLUS + np.arange(pas))
    # Thousandths: two of 250 to 400 and the rest, 200 to 500; the phases take them in turn.
    parts = np.stack([250 + hasard % 151, 250 + (hasard >> 16) % 151])
    parts = np.concatenate([parts, 1000 - parts.sum(axis=0, keepdims=True)])
    ordre = (phase + (hasard >> 32)) % len(PHASES)
    part = np.take_along_axis(parts, ordre[None], axis=0)[0]
    puissances = bloc.valeurs * part
    pointes = puissances.argmax(axis=1)
    ici = (np.arange(jours), pointes)
    moyennes = np.maximum(bloc.valeurs.max(axis=1), 1)
    # Rounded up, so that the phases never add up to less than their sum.
    valeurs = -(-puissances[ici] * maxima // (1000 * moyennes))
    # Two phases that have their largest share in one half-hour don't reach it together.
    decalage = bloc.pas * 60 // len(PHASES) * phase
    secondes = pointes * bloc.pas * 60 + ((hasard[ici] >> 40) + decalage) % (bloc.pas * 60)
    return valeurs, secondes


def puissances_mensuelles(
    point: PointMesure, debut: date, fin: date, phase: int | None = None
) -> tuple[PuissanceMensuelle, ...]:
    """Return the maximum power of each month, from the daily maxima of [debut, fin).

    A month without daily value is left out. Only the days asked count, even where a month is cut
    (assumed: nothing outside of the period that was asked is told). `phase` as in
    `puissances_maximales`.
    """
    return group_by_month(puissances_maximales(point, debut, fin, phase))


def group_by_month(jours: Puissances) -> tuple[PuissanceMensuelle, ...]:
    """Return the maximum power of each month of these days."""
    mois: dict[date, list[int]] = {}
    premiers = (jours.minuits + decalages(jours.minuits)).astype("datetime64[s]")
    for premier, valeur, valide in zip(
        premiers.astype("datetime64[D]").astype(object).tolist(),
        jours.valeurs.tolist(),
        jours.valides,
        strict=True,
    ):
        if valide and valeur != ILLISIBLE:
            mois.setdefault(premier.replace(day=1), []).append(valeur)
    return tuple(
        PuissanceMensuelle(premier, max(maxima) if len(maxima) >= JOURS_POUR_UN_MOIS else None)
        for premier, maxima in mois.items()
    )
