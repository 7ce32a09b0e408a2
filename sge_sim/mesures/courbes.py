"""Load curves, as the meter recorded them and as R4x publishes them.

Stamps are epoch seconds (UTC) as SGE writes them: start of the step for C1-C4 and P1-P3, end of
the step for C5 and P4 (observed 2022 and 2023: the guide states the reverse).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR, add_months
from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.calendrier import calendrier, decalages, numero_borne
from sge_sim.mesures.demi_heures import QUELQUES_JOURS, demi_heures
from sge_sim.mesures.entrees_datees import vie
from sge_sim.mesures.hasard import join_knots, slow_noise
from sge_sim.mesures.installations import find_cles
from sge_sim.mesures.journees import journees
from sge_sim.mesures.jours import Journees
from sge_sim.mesures.pertes import find_lost, loses
from sge_sim.mesures.point import POINTS_GARDES, Grandeur, PointMesure
from sge_sim.mesures.tableaux import AUCUN, AUCUNE, Entiers, Masque

MEMOIRE_MOIS = 5
"""Months of hourly curve that a Linky keeps while its curve is not collected (FAQ)."""
_ECARTS_PAR_HEURE = (
    8, 9, 10, 10, 9, 6, 1, -4, -7, -8, -7, -6, -5, -6, -6, -5, -4, -6, -10, -11, -8, -3, 2, 6,
)  # fmt: skip
"""What a voltage departs by from the nominal, by hour, 1/1000 (assumed)."""


class Bloc(NamedTuple):
    """Whole days [premier, fin) of the same length: `valeurs` of shape (days, steps), minutes of
    a step and of the steps from which it was made."""

    premier: int
    fin: int
    pas: int
    pas_enregistre: int
    valeurs: Entiers


@dataclass
class Courbe:
    """A curve; all arrays have one entry per point, ascending, empty where nothing was recorded.

    `horodates`: epoch seconds (UTC); `decalages`: offset of legal time then, seconds, so that
    `horodates + decalages` reads as legal time; `valeurs`: W, VAr or V; `valides`: False where
    the point was lost; `pas`: minutes of the step. `pas_unique` is that of all the points, None
    where there are several steps, no point, or points that may be lost.
    """

    horodates: Entiers
    decalages: Entiers
    valeurs: Entiers
    valides: Masque
    pas: Entiers
    pas_unique: int | None = None


def courbe(
    point: PointMesure,
    debut: date,
    fin: date,
    grandeur: Grandeur = Grandeur.PA,
    *,
    collectees: bool = False,
) -> Courbe:
    """Return the curve of the legal days [debut, fin), at the step at which it was recorded.

    C5 and P4: mean W over 30 minutes in the periods of collection, over 60 minutes in the five
    months before one, as far as the meter is there and `collectees` doesn't leave them out; the
    rest is not there at all. The meter counts
    Wh, so every half-hourly value is even (observed in CMD, HDM and R50, 2022 and 2023). A day's
    values add up to its energy: `sum(W * minutes) / 60`, in Wh, exactly.

    C1-C4 and P1-P3: multiples of 1 000 W or VAr over 5 minutes (10 before `PASSAGE_5_MINUTES`);
    volts for E. Always collected, but on a point whose meter keeps it for a while (`memoire`): it
    is there in the periods of collection, and so many days before.

    Nothing before the last mise en service. Raises `ValueError` for anything but PA on C5 or P4.
    """
    if point.petit and grandeur is not Grandeur.PA:
        raise ValueError(f"a {point.segment} point has no {grandeur} curve")
    return read_courbes([(point, debut, fin, grandeur, collectees)])[0]


def read_courbes(
    lectures: Sequence[tuple[PointMesure, date, date, Grandeur, bool]],
) -> list[Courbe]:
    """Return `courbe` of each point over its days [debut, fin), as it was collected alone where
    that is said, read together."""
    recorded = [
        [
            (point, a, b, grandeur, garde and point.petit)
            for a, b, garde in _recorded(point, numero_borne(debut), numero_borne(fin))
            if not (garde and collectees)
        ]
        for point, debut, fin, grandeur, collectees in lectures
    ]
    lus = iter(blocs([part for parts in recorded for part in parts]))
    return [
        _assemble(lecture[0], [bloc for _ in parts for bloc in next(lus)])
        for lecture, parts in zip(lectures, recorded, strict=True)
    ]


def courbe_10_minutes(
    point: PointMesure, debut: date, fin: date, grandeur: Grandeur = Grandeur.PA
) -> Courbe:
    """Return the 10-minute curve that R4x publishes of a C1-C4 or P1-P3 point.

    What was recorded every 10 minutes is published as it is; 5-minute steps are paired by the
    carry rule of the FAQ (`moyennes_10_minutes`), whose carry starts at zero each day; voltages
    are averaged. A point is lost when one of its two steps is; the carry goes on as if it were
    there (assumed).
    """
    if point.petit:
        raise ValueError(f"a {point.segment} point has no 10-minute curve")
    i0, i1 = numero_borne(debut), numero_borne(fin)
    jours: list[Bloc] = []
    for a, b, _ in _recorded(point, i0, i1):
        jours += blocs_10_minutes(point, a, b, grandeur)
    return _assemble(point, jours)


def moyennes_10_minutes(jours: Entiers) -> Entiers:
    """Pair the 5-minute values of whole days, shape (n, steps), by the carry rule of the FAQ.

    The mean of two values, plus the rest carried from the previous pair; its whole kilowatts are
    kept, the rest is carried; the carry starts at zero each day. Values in W or VAr.

    >>> cinq = np.array([[5800, 5800, 4300, 4300, 6700, 6700, 5500, 5500]])
    >>> moyennes_10_minutes(cinq).tolist()
    [[5000, 5000, 6000, 6000]]
    """
    # What has been sent by any step is the whole part of what has been spent by then.
    envoye = np.cumsum(jours[:, ::2] + jours[:, 1::2], axis=1) // 2000
    envoye[:, 1:] -= envoye[:, :-1].copy()
    return envoye * 1000


def blocs(
    lectures: Sequence[tuple[PointMesure, int, int, Grandeur, bool]],
) -> list[list[Bloc]]:
    """Return the values of the days [i0, i1) of each, collected or not; hourly where that is said
    of a C5 or P4."""
    read: list[Sequence[Journees | tuple[int, Entiers]]] = [
        [*demi_heures(point, i0, i1)]
        if point.petit and not horaire and i1 - i0 <= QUELQUES_JOURS
        else [
            *journees(
                point, i0, i1, Grandeur.PA if grandeur is Grandeur.E else grandeur, par_duree=True
            )
        ]
        for point, i0, i1, grandeur, horaire in lectures
    ]
    found: list[list[Bloc]] = [[] for _ in lectures]
    for (point, _, _, grandeur, horaire), days, ici in zip(lectures, read, found, strict=True):
        for j in days:
            if not isinstance(j, Journees):
                (premier, valeurs), pas = j, 30
            else:
                premier, pas = j.premier, 30 if point.petit else 10 if j.pair else 5
                if grandeur is Grandeur.E:
                    valeurs = _tensions(point, j, pas)
                elif point.petit:
                    valeurs, pas = j.watts(horaire=horaire), 60 if horaire else 30
                else:
                    valeurs = j.kilowatts()
            ici.append(Bloc(premier, premier + len(valeurs), pas, pas, valeurs))
    return found


def blocs_10_minutes(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> Iterator[Bloc]:
    """Yield what `courbe_10_minutes` publishes of the days [i0, i1), lost or not."""
    for bloc in blocs([(point, i0, i1, grandeur, False)])[0]:
        if bloc.pas == 10:
            yield bloc
            continue
        if grandeur is Grandeur.E:
            valeurs = (bloc.valeurs[:, ::2] + bloc.valeurs[:, 1::2]) // 2
        else:
            valeurs = moyennes_10_minutes(bloc.valeurs)
        yield bloc._replace(pas=10, valeurs=valeurs)


def _tensions(point: PointMesure, j: Journees, pas: int) -> Entiers:
    """Return volts around the nominal, by its own draw of the day (assumed)."""
    par_jour = 1440 // pas
    jours = np.arange(j.premier, j.premier + j.nombre, dtype=np.int64)
    tirages, table = draws(find_cles(point.graine).tensions, jours), _ecarts_de_tension(par_jour)
    ecarts = table[tirages & 31]
    if len(j.changements):
        a, b = 120 // pas, 180 // pas
        avant, apres = (a, b) if j.ecarts[0] < 0 else (b, a)
        ecarts = np.concatenate([ecarts[:, :avant], table[tirages >> 5 & 31, apres:]], axis=1)
    volts: Entiers = point.tension + point.tension * ecarts // 1000
    return volts


@computed_once(2)
def _ecarts_de_tension(pas_par_jour: int) -> Entiers:
    """Return 32 days of voltage, as departures from the nominal in 1/1000: (32, steps)."""
    rangs = np.arange(32 * pas_par_jour, dtype=np.int64).reshape(32, pas_par_jour)
    par_heure = np.array((*_ECARTS_PAR_HEURE, _ECARTS_PAR_HEURE[0]))
    creux = join_knots(par_heure, np.arange(pas_par_jour), pas_par_jour // 24)
    lent = slow_noise(subkey(31, pas_par_jour), rangs, pas_par_jour // 12, 9)
    vif = draws(subkey(32, pas_par_jour), rangs) % 5 - 2
    ecarts = creux + lent + vif
    ecarts.setflags(write=False)
    return ecarts


def is_recorded(point: PointMesure, n: int) -> bool:
    """Tell whether the curve of the day of that number is there, at its smallest step."""
    return any(not (garde and point.petit) for _, _, garde in _recorded(point, n, n + 1))


def find_recorded_days(point: PointMesure, i0: int, i1: int) -> Masque:
    """Tell of which days of [i0, i1) the curve is there."""
    there = np.zeros(i1 - i0, np.bool_)
    for a, b, _ in _recorded(point, i0, i1):
        there[a - i0 : b - i0] = True
    return there


def _recorded(point: PointMesure, i0: int, i1: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the recorded parts of the days [i0, i1), as `_enregistrements` tells them."""
    for premier, dernier, garde in _enregistrements(point):
        a, b = max(i0, premier), min(i1, dernier)
        if a < b:
            yield a, b, garde


def is_collected(point: PointMesure, n: int) -> bool:
    """Tell whether the half-hourly curve of a C5 or P4 is drawn on the whole day of that number,
    without any loss."""
    if point.pertes and loses(point, *calendrier().minuits[n : n + 2].tolist()):
        return False
    return not point.trous and point.donnees is None and is_recorded(point, n)


@computed_once(POINTS_GARDES)
def _enregistrements(point: PointMesure) -> tuple[tuple[int, int, bool], ...]:
    """Return the recorded periods: first day, end day, whether the meter kept them before they were
    collected, hourly on a C5 or P4.
    """
    premier, dernier = vie(point)
    if not point.petit and point.memoire is None:
        return ((premier, dernier, False),)
    oppositions = [
        (numero_borne(opposition.debut), numero_borne(opposition.fin or FIN_DES_JOURS))
        for opposition in point.oppositions
    ]
    periodes: list[tuple[int, int, bool]] = []
    libre = 0
    for collecte in point.collectes:
        debut = numero_borne(collecte.debut)
        fin = numero_borne(collecte.fin or FIN_DES_JOURS)
        # An opposition empties the meter's memory, which fills again once it is lifted.
        levees = [levee for oppose, levee in oppositions if oppose <= debut]
        kept = numero_borne(add_months(max(collecte.debut, PREMIER_JOUR), -MEMOIRE_MOIS))
        if not point.petit:
            kept = debut - (point.memoire or 0)
        for a, b, garde in ((max([kept, *levees]), debut, True), (debut, fin, False)):
            for start, end in _outside(oppositions, max(a, libre), b):
                periodes.append((max(start, premier), min(end, dernier), garde))
                libre = end
    return tuple(periodes)


def _outside(exclus: list[tuple[int, int]], debut: int, fin: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of [debut, fin) that none of the periods of `exclus` covers."""
    for exclu, reprise in exclus:
        if debut < min(exclu, fin):
            yield debut, min(exclu, fin)
        debut = max(debut, reprise)
    if debut < fin:
        yield debut, fin


def _assemble(point: PointMesure, jours: list[Bloc]) -> Courbe:
    """Put stamps on blocks of values and join them."""
    points = _points(point.petit, tuple([bloc[:3] for bloc in jours]))
    lues = [bloc.valeurs.ravel() for bloc in jours] or [AUCUN]
    valeurs = lues[0] if len(lues) == 1 else np.concatenate(lues)
    valides, pas_unique = points.valides, points.pas_unique
    if point.trous or point.pertes:
        lus = [_valides(point, _debuts(*bloc[:3]), bloc) for bloc in jours]
        valides, pas_unique = np.concatenate(lus or [AUCUNE]), None
    return Courbe(points.horodates, points.decalages, valeurs, valides, points.pas, pas_unique)


@computed_once(256)
def _points(petit: bool, jours: tuple[tuple[int, int, int], ...]) -> Courbe:
    """Return the points of blocks of days [premier, fin) in steps of so many minutes, without
    their values, none of them lost.

    They are the same for all points of a size, and read-only.
    """
    debuts = np.concatenate([_debuts(*bloc) for bloc in jours] or [AUCUN])
    pas = np.concatenate(
        [np.full(len(_debuts(*bloc)), bloc[2], np.int64) for bloc in jours] or [AUCUN]
    )
    horodates = debuts + 60 * pas if petit else debuts
    toutes = np.ones(len(pas), np.bool_)
    decales = decalages(horodates)
    for tableau in (horodates, decales, pas, toutes):
        tableau.setflags(write=False)
    differents = {bloc[2] for bloc in jours}
    unique = differents.pop() if len(differents) == 1 else None
    return Courbe(horodates, decales, np.zeros(0, np.int64), toutes, pas, unique)


def _debuts(premier: int, fin: int, pas: int) -> Entiers:
    """Return the starts of the steps of the days [premier, fin), epoch seconds."""
    minuits = calendrier().minuits
    return np.arange(int(minuits[premier]), int(minuits[fin]), 60 * pas, dtype=np.int64)


def _valides(point: PointMesure, debuts: Entiers, bloc: Bloc) -> Masque:
    """Tell which steps were not lost: those none of whose recorded steps starts in a gap."""
    valides = np.ones(len(debuts), np.bool_)
    for minute in range(0, bloc.pas, bloc.pas_enregistre):
        enregistres = debuts + 60 * minute
        for trou in point.trous:
            valides &= (enregistres < trou.debut.timestamp()) | (
                enregistres >= trou.fin.timestamp()
            )
        if point.pertes:
            valides &= ~find_lost(point, enregistres)
    return valides
