"""The days of a point: which energies, spread over which rows.

A day is a few uses; each is an integer energy and a row of the bank. The energy spent since
midnight at any instant is then `sum(energy * running sum) / 2**24`, and the whole day is exactly
the sum of the energies. Everything else in `mesures/` is a reading of this: the curve rounds it
at the bounds of the steps, the registers at the bounds of the classes, both to the nearest, so
each carries its rounding to the next (FAQ) and both add up to the day.

Energies are in Wh for C5 and P4, in twelfths of kWh for the others: one kW during five minutes,
the quantum of their curves, so that kilowatts add up to the day too.

What a plant and a load behind one meter leave of each other isn't a sum of rows: the steps of both
are computed, and what is left of them is added up again (`JourneesNettes`).

What was given of a point stands above the physics: a day of which something is known is made of it
(`JourneesDonnees`), whatever would have been drawn; what isn't known of it is drawn, within the
energy that two indexes leave.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sge_sim.machine.once import computed_once
from sge_sim.mesures.calendrier import calendrier, find_changements, jour_de
from sge_sim.mesures.entrees_datees import (
    PASSAGE_5_MINUTES,
    find_contact,
    find_coupes,
    find_largest_step,
)
from sge_sim.mesures.evenements import find_niveaux, find_periodes, find_poses, make_centrale
from sge_sim.mesures.formes import BITS, UNITE, Banque, Sorte, banque
from sge_sim.mesures.hasard import FRACTION
from sge_sim.mesures.installations import find_cles, find_installation
from sge_sim.mesures.jours import Colonnes, Journees, JourneesDonnees, JourneesNettes
from sge_sim.mesures.jours_donnes import MesuresDonnees
from sge_sim.mesures.point import Grandeur, PointMesure
from sge_sim.mesures.tableaux import AUCUN, Entiers, Masque, join_columns
from sge_sim.mesures.vecu import draw_days, limit_power

_BITS_BLOC = 8
"""The days computed together for whoever asks for a few of them: 256."""
_BLOCS_JOINTS = 3
"""Blocks from which what is asked for is computed rather than joined."""


def journees(
    point: PointMesure,
    i0: int,
    i1: int,
    grandeur: Grandeur = Grandeur.PA,
    *,
    par_duree: bool = False,
) -> Iterator[Journees]:
    """Yield the days [i0, i1) of a point, cut where one of its dated entries changes.

    With `par_duree`, days of 23 and 25 hours stand alone. What a day holds doesn't depend on
    `i0` and `i1`. `grandeur` is not the voltage, which is no energy.
    """
    drawn = _drawn(point, i0, i1, grandeur, par_duree=par_duree)
    if point.donnees is None or grandeur is not Grandeur.PA:
        return drawn
    return _with_given(drawn, _known_steps(point, point.donnees))


def _drawn(
    point: PointMesure, i0: int, i1: int, grandeur: Grandeur, *, par_duree: bool
) -> Iterator[Journees]:
    """Yield the days as they are drawn, whatever was given of them."""
    coupes = find_coupes(point)
    bornes = [i0, *coupes[bisect_right(coupes, i0) : bisect_left(coupes, i1)], i1]
    changements = find_changements(i0, i1)
    if par_duree and changements:
        seuls = {bord for jour in changements for bord in (jour, jour + 1)}
        bornes = sorted(seuls.union(bornes))
    if i0 == i1:
        return
    for a, b in pairwise(bornes):
        yield _journees(point, a, b, grandeur)


def find_couple(point: PointMesure, n: int) -> PointMesure | None:
    """Return what stands behind the same meter on a day: the plant of an event too."""
    if point.couple is None and (poses := find_poses(point)) and poses[0] <= n:
        return make_centrale(point)
    return point.couple


@computed_once(256)
def _find_ecarts(i0: int, i1: int) -> tuple[Entiers, Entiers]:
    """Return the ranks of the days of 23 or 25 hours in [i0, i1), and the hours beyond 24."""
    jours = np.array(find_changements(i0, i1), np.int64)
    return jours - i0, calendrier().heures[jours] - 24


def _journees(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> Journees:
    rangs, ecarts = _find_ecarts(i0, i1)
    if find_couple(point, i0) is not None:
        return _nettes(point, i0, i1, grandeur, rangs, ecarts)
    if ((i1 - 1) >> _BITS_BLOC) - (i0 >> _BITS_BLOC) < _BLOCS_JOINTS:
        blocs = [_bloc(point, *jours, grandeur) for jours in _cuts(point, i0, i1)]
    else:
        blocs = [_computed(point, i0, i1, grandeur)]
    parts: list[list[tuple[Colonnes, Colonnes]]] = [[], []]
    for bloc in blocs:
        for places, kept in zip(_places(bloc.premier, bloc.fin, i0, i1), parts, strict=True):
            kept.append((bloc.energies[:, places], bloc.lignes[:, places]))
    days, doubled = ([join_columns(columns) for columns in zip(*of, strict=True)] for of in parts)
    doubles = None
    if len(rangs):
        doubles = Journees(i0, doubled[0], doubled[1], bloc.banque, bloc.pair, AUCUN, AUCUN, None)
    return Journees(i0, days[0], days[1], bloc.banque, bloc.pair, rangs, ecarts, doubles)


class _BlocDeJours(NamedTuple):
    """The uses of days [premier, fin), as `Journees` has them, then of those of 23 or 25 hours in
    the hour that is skipped, or lived again."""

    premier: int
    fin: int
    energies: Colonnes
    lignes: Colonnes
    banque: Banque
    pair: bool


def _places(premier: int, fin: int, i0: int, i1: int) -> tuple[slice, slice]:
    """Return where the days [i0, i1) are among those of a block, then where the second ones are."""
    debut, jusque = max(i0, premier), min(i1, fin)
    first = fin - premier + len(find_changements(premier, debut))
    last = first + len(find_changements(debut, jusque))
    return slice(debut - premier, jusque - premier), slice(first, last)


def _cuts(point: PointMesure, i0: int, i1: int) -> Iterator[tuple[int, int]]:
    """Yield the days around [i0, i1) that are computed together: under the same dated entries."""
    coupes, fin = find_coupes(point), i0
    while fin < i1:
        rang, bloc = bisect_right(coupes, fin), fin >> _BITS_BLOC
        debut = max([bloc << _BITS_BLOC, *coupes[:rang][-1:]])
        fin = min((bloc + 1) << _BITS_BLOC, len(calendrier().heures), *coupes[rang : rang + 1])
        yield debut, fin


def _nettes(
    point: PointMesure, i0: int, i1: int, grandeur: Grandeur, rangs: Entiers, ecarts: Entiers
) -> JourneesNettes:
    """Return what a plant and a load behind one meter leave of each other, step by step."""
    parts: list[list[Entiers]] = [[], []]
    for debut, fin in _cuts(point, i0, i1):
        for places, kept in zip(_places(debut, fin, i0, i1), parts, strict=True):
            kept.append(_net(point, debut, fin, grandeur)[places])
    exacts, doubled = map(np.concatenate, parts)
    vide, bank = np.zeros((0, len(exacts)), np.int64), banque(48)
    doubles = JourneesNettes(i0, vide, vide, bank, False, AUCUN, AUCUN, None, doubled)
    return JourneesNettes(
        i0, vide, vide, bank, False, rangs, ecarts, doubles if len(rangs) else None, exacts
    )


@computed_once(32)
def _net(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> Entiers:
    """Return the exact sums of some months (100 kB each)."""
    couple = find_couple(point, i0)
    assert couple is not None
    propre, autre = (
        Journees(i0, bloc.energies, bloc.lignes, bloc.banque, False, AUCUN, AUCUN, None).cumuls()
        for bloc in (_computed(part, i0, i1, grandeur) for part in (point, couple))
    )
    net = np.zeros_like(propre)
    np.cumsum(np.maximum(np.diff(propre) - np.diff(autre), 0), axis=1, out=net[:, 1:])
    net.setflags(write=False)
    return net


@computed_once(128)
def _bloc(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> _BlocDeJours:
    """Return the uses of some months, which are asked for by the week (10 kB each)."""
    bloc = _computed(point, i0, i1, grandeur)
    energies: NDArray[Any] = bloc.energies.astype(np.int32)
    lignes: NDArray[Any] = bloc.lignes.astype(np.int32)
    energies.setflags(write=False)
    lignes.setflags(write=False)
    return bloc._replace(energies=energies, lignes=lignes)


def _computed(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> _BlocDeJours:
    """Return the uses of days under the same dated entries."""
    jour = jour_de(i0)
    formes = banque(48 if point.petit else 288)
    installation = find_installation(point, *find_contact(point, jour), find_periodes(point, i1))
    cles, par_pas = find_cles(point.graine).jours, find_largest_step(point, jour)
    niveaux = find_niveaux(point, i0, i1)
    energies, lignes, hasard = draw_days(installation, cles, i0, i1, formes, niveaux)
    limit_power(point, energies, lignes, installation.retards, hasard, par_pas, formes)
    if grandeur is Grandeur.PRI:
        energies = energies * installation.inductif >> FRACTION
    elif grandeur is Grandeur.PRC:
        nuits = formes.groupes[Sorte.CAPACITIF]
        energies = energies[:1] * installation.capacitif >> FRACTION
        lignes = nuits.debut + lignes[:1] % nuits.variantes
    pair = not point.petit and jour < PASSAGE_5_MINUTES
    if pair:
        energies = energies & ~1
    return _BlocDeJours(i0, i1, energies, lignes, formes, pair)


def _with_given(drawn: Iterator[Journees], known: Mapping[int, Entiers]) -> Iterator[Journees]:
    """Days are cut where those that are known begin and end (`find_coupes`)."""
    for j in drawn:
        if j.premier not in known:
            yield j
            continue
        n = len(j.totaux)
        pas = np.stack([known[j.premier + rang] for rang in range(n)])
        cumuls = np.zeros((n, pas.shape[1] + 1), np.int64)
        pas.cumsum(axis=1, out=cumuls[:, 1:])
        vide = np.zeros((0, n), np.int64)
        yield JourneesDonnees(
            j.premier, vide, vide, j.banque, j.pair, j.changements, j.ecarts, None, cumuls
        )


@computed_once(64)
def _known_steps(point: PointMesure, donnees: MesuresDonnees) -> Mapping[int, Entiers]:
    """Return what each step of the days of which something is known spends, by their number."""
    known: dict[int, Entiers] = {}
    gaps: dict[int, Masque] = {}
    for jour, courbe in donnees.courbes.items():
        watts = np.array([-1 if value is None else value for value in courbe], np.int64)
        known[jour], gaps[jour] = _spent(point, watts, jour)
    for debut, fin in (*donnees.releves, *((jour, jour + 1) for jour in donnees.courbes)):
        for jour in range(debut, fin):
            if jour not in known or gaps[jour].any():
                drawn = _drawn_steps(point, jour)
                gaps.setdefault(jour, np.ones(len(drawn), np.bool_))
                known[jour] = np.where(gaps[jour], drawn, known.get(jour, drawn))
    for debut, fin in donnees.releves:
        jours = range(debut, fin)
        rest = donnees.totaux[fin] - donnees.totaux[debut]
        free = np.concatenate([gaps[jour] for jour in jours])
        spent = np.concatenate([known[jour] for jour in jours])
        if free.any():
            spent[free] = _shared(spent[free], max(rest - int(spent[~free].sum()), 0))
            ends = np.cumsum([len(known[jour]) for jour in jours])[:-1]
            known.update(zip(jours, np.split(spent, ends), strict=True))
    return known


def _spent(point: PointMesure, watts: Entiers, jour: int) -> tuple[Entiers, Masque]:
    """Return what each step spends, Wh or twelfths of kWh, and which of them were lost."""
    lost = watts < 0
    if point.petit:
        return watts // 2, lost
    (j,) = _drawn(point, jour, jour + 1, Grandeur.PA, par_duree=False)
    # Before five minutes were recorded, ten were: two steps of the same power.
    times = 2 if j.pair else 1
    return np.repeat(watts // 1000, times), np.repeat(lost, times)


def _drawn_steps(point: PointMesure, jour: int) -> Entiers:
    (j,) = _drawn(point, jour, jour + 1, Grandeur.PA, par_duree=True)
    steps: Entiers = np.diff((j.pas_a_pas()[0] + UNITE // 2) >> BITS)
    return steps


def _shared(weights: Entiers, total: int) -> Entiers:
    """Return `total` as the weights divide it, in whole numbers that add up to it."""
    running = np.cumsum(weights)
    if not running[-1]:
        running = np.arange(1, len(weights) + 1)
    shares: Entiers = np.diff(running * total // running[-1], prepend=0)
    return shares
