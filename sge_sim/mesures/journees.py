"""The days of a point: which energies, spread over which rows.

A day is a few uses; each is an integer energy and a row of the bank. The energy spent since
midnight at any instant is then `sum(energy * running sum) / 2**24`, and the whole day is exactly
the sum of the energies. Everything else in `mesures/` is a reading of this: the curve rounds it
at the bounds of the steps, the registers at the bounds of the classes, both to the nearest, so
each carries its rounding to the next (FAQ) and both add up to the day.

Energies are in Wh for C5 and P4, in twelfths of kWh for the others: one kW during five minutes,
the quantum of their curves, so that kilowatts add up to the day too.

A day of 23 or 25 hours lives its legal hours: 2h-3h is skipped in spring, lived twice in autumn.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.alea import draws
from sge_sim.mesures.calendrier import (
    calendrier,
    changements_entre,
    jour_de,
)
from sge_sim.mesures.entrees_datees import (
    PASSAGE_5_MINUTES,
    coupes_de,
    plages_de,
    puissance_de,
)
from sge_sim.mesures.installations import (
    BITS_BRUIT,
    FRACTION,
    UN,
    USAGES,
    Installation,
    Niveaux,
    banque_de,
    installation_de,
    niveaux_de,
)
from sge_sim.mesures.patterns import BITS, UNITE, Banque
from sge_sim.mesures.point import Grandeur, PointMesure
from sge_sim.mesures.tableaux import Entiers, EntiersCourts

DEBUT_CHANGEMENT, FIN_CHANGEMENT = 120, 180
"""Legal minutes of the hour that is skipped or lived twice on a day of 23 or 25 hours."""
_DEBUT = np.array([[DEBUT_CHANGEMENT]])
_DEPASSEMENT = {False: 108, True: 100}
"""Largest power of a large point, per cent of the subscribed: consumption, injection (assumed)."""
_Colonnes = Entiers | EntiersCourts
_AUCUN = np.zeros(0, np.int64)
_BITS_BLOC = 8
"""The days computed together for whoever asks for a few of them: 256."""
_BLOCS_JOINTS = 3
"""Blocks from which what is asked for is computed rather than joined."""
_BITS_BRUIT = np.array([[BITS_BRUIT + 8 * usage] for usage in range(USAGES)])


@dataclass
class Journees:
    """Consecutive days [premier, premier + n) of a point under one set of dated entries.

    `energies` and `lignes`: shape (uses, n). `pair`: the energy of each day is even, because the
    quantum of a 10-minute curve is two of ours. `changements`: ranks of the days of 23 or 25
    hours, `ecarts`: the hours, -1 or 1, that they have beyond 24.

    Also one day of n points that share a bank (`sge_sim.mesures.ensemble`).
    """

    premier: int
    energies: _Colonnes
    lignes: _Colonnes
    banque: Banque
    pair: bool
    changements: Entiers
    ecarts: Entiers

    @cached_property
    def totaux(self) -> Entiers:
        """The energy of each day, shape (n,)."""
        totaux: Entiers = self.energies.sum(axis=0, dtype=np.int64)
        if len(self.changements):
            rangs = self.changements
            fins = (totaux[rangs] << BITS) + self._heure_changee(1440)
            # Rounded down, so that no step has to give back what it had spent.
            totaux[rangs] = fins >> (BITS + self.pair) << self.pair
        return totaux

    def registres(self, minutes: Entiers) -> Entiers:
        """Return the whole units spent since midnight at minutes of the legal day.

        `minutes`: shape (bounds, 1) or (bounds, n), up to 1440; the result: (bounds, n).
        """
        if minutes.shape[1] == 1:
            exacts = np.empty((len(minutes), self.energies.shape[1]), np.int64)
            for rang, (minute,) in enumerate(minutes.tolist()):
                cumuls = self.banque.cumuls_a(minute).take(self.lignes)
                np.einsum("kn,kn->n", self.energies, cumuls, out=exacts[rang])
                if len(self.changements):
                    exacts[rang, self.changements] += self._heure_changee(minute)
        else:
            exacts = self._spent(minutes, slice(None))
            if len(self.changements):
                rangs = self.changements
                exacts[:, rangs] += self._heure_du_changement(minutes[:, rangs])
        registres: Entiers = np.minimum((exacts + UNITE // 2) >> BITS, self.totaux)
        return registres

    def pas_a_pas(self) -> Entiers:
        """Return the energy since midnight at each bound of the steps, times `UNITE`.

        Shape (n, steps + 1), in the order of time. Only for `Journees` cut by `par_duree`.
        """
        cumuls = self.banque.cumuls.take(self.lignes.T, axis=0)
        exacts: Entiers = np.matmul(self.energies.T[:, None], cumuls)[:, 0]
        if not len(self.changements):
            return exacts
        a, b = DEBUT_CHANGEMENT // self.banque.pas, FIN_CHANGEMENT // self.banque.pas
        heure = exacts[:, b : b + 1] - exacts[:, a : a + 1]
        if self.ecarts[0] < 0:
            return np.concatenate([exacts[:, : a + 1], exacts[:, b + 1 :] - heure], axis=1)
        return np.concatenate([exacts[:, : b + 1], exacts[:, a + 1 :] + heure], axis=1)

    def _spent(self, minutes: Entiers, jours: slice | Entiers) -> Entiers:
        """Return the energy since midnight as if all days had 24 hours, times `UNITE`."""
        lignes = self.lignes[:, None, jours]
        rangs, reste = minutes // self.banque.pas, minutes % self.banque.pas
        cumuls = self.banque.cumuls[lignes, rangs]
        if reste.any():
            suivants = self.banque.cumuls[lignes, np.minimum(rangs + 1, 1440 // self.banque.pas)]
            cumuls = cumuls + (suivants - cumuls) * reste // self.banque.pas
        exacts: Entiers = np.einsum("kn,kbn->bn", self.energies[:, jours], cumuls)
        return exacts

    def _heure_du_changement(self, minutes: Entiers) -> Entiers:
        """Return what must be added by these minutes on the days of 23 or 25 hours: the energy
        of 2h-3h spent by then, positive or negative. Shape (bounds, changes)."""
        rangs = self.changements
        bornes = np.clip(minutes, DEBUT_CHANGEMENT, FIN_CHANGEMENT)
        return self.ecarts * (self._spent(bornes, rangs) - self._spent(_DEBUT, rangs))

    def _heure_changee(self, minute: int) -> Entiers | int:
        """Return what `_heure_du_changement` does, at one minute of all these days."""
        borne = min(minute, FIN_CHANGEMENT)
        if borne <= DEBUT_CHANGEMENT:
            return 0
        energies, lignes = self._changees
        cumuls = self.banque.cumuls_a(borne) - self.banque.cumuls_a(DEBUT_CHANGEMENT)
        heure: Entiers = np.einsum("kn,kn->n", energies, cumuls.take(lignes))
        return heure

    @cached_property
    def _changees(self) -> tuple[Entiers, _Colonnes]:
        """The energies of the days of 23 or 25 hours, negative on the former, and their rows."""
        rangs = self.changements
        return self.ecarts * self.energies[:, rangs], self.lignes[:, rangs]


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
    coupes = coupes_de(point)
    bornes = [i0, *coupes[bisect_right(coupes, i0) : bisect_left(coupes, i1)], i1]
    changements = changements_entre(i0, i1)
    if par_duree and changements:
        seuls = {bord for jour in changements for bord in (jour, jour + 1)}
        bornes = sorted(seuls.union(bornes))
    if i0 == i1:
        return
    for a, b in pairwise(bornes):
        yield _journees(point, a, b, grandeur, [jour - a for jour in changements if a <= jour < b])


def _journees(
    point: PointMesure, i0: int, i1: int, grandeur: Grandeur, changements: list[int]
) -> Journees:
    a, b = i0 >> _BITS_BLOC, (i1 - 1) >> _BITS_BLOC
    energies: _Colonnes
    lignes: _Colonnes
    if a == b:
        bloc = _bloc(point, *_cut(point, i0), grandeur)
        ici = slice(i0 - bloc.premier, i1 - bloc.premier)
        energies, lignes = bloc.energies[:, ici], bloc.lignes[:, ici]
    elif b - a < _BLOCS_JOINTS:
        bornes = [i0, *(n << _BITS_BLOC for n in range(a + 1, b + 1)), i1]
        blocs = [_bloc(point, *_cut(point, debut), grandeur) for debut in bornes[:-1]]
        parts = list(zip(blocs, pairwise(bornes), strict=True))
        bloc = blocs[0]
        energies = np.concatenate([one.part(one.energies, *of) for one, of in parts], axis=1)
        lignes = np.concatenate([one.part(one.lignes, *of) for one, of in parts], axis=1)
    else:
        bloc = _computed(point, i0, i1, grandeur)
        energies, lignes = bloc.energies, bloc.lignes
    rangs = np.array(changements, np.int64) if changements else _AUCUN
    ecarts = calendrier().heures[i0 + rangs] - 24 if changements else _AUCUN
    return Journees(i0, energies, lignes, bloc.banque, bloc.pair, rangs, ecarts)


class _BlocDeJours(NamedTuple):
    """The uses of days [premier, premier + n), as `Journees` has them."""

    premier: int
    energies: _Colonnes
    lignes: _Colonnes
    banque: Banque
    pair: bool

    def part(self, colonnes: _Colonnes, i0: int, i1: int) -> _Colonnes:
        """Return the columns of the days [i0, i1)."""
        return colonnes[:, i0 - self.premier : i1 - self.premier]


def _cut(point: PointMesure, jour: int) -> tuple[int, int]:
    """Return the days around one that are computed together: under the same dated entries."""
    debut = jour >> _BITS_BLOC << _BITS_BLOC
    fin = min(debut + (1 << _BITS_BLOC), len(calendrier().heures))
    coupes = coupes_de(point)
    rang = bisect_right(coupes, jour)
    if rang:
        debut = max(debut, coupes[rang - 1])
    if rang < len(coupes):
        fin = min(fin, coupes[rang])
    return debut, fin


@lru_cache(maxsize=128)
def _bloc(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> _BlocDeJours:
    """Return the uses of some months, which are asked for by the week (8 kB each)."""
    bloc = _computed(point, i0, i1, grandeur)
    energies: NDArray[Any] = bloc.energies.astype(np.int32)
    lignes: NDArray[Any] = bloc.lignes.astype(np.int32)
    energies.setflags(write=False)
    lignes.setflags(write=False)
    return bloc._replace(energies=energies, lignes=lignes)


def _computed(point: PointMesure, i0: int, i1: int, grandeur: Grandeur) -> _BlocDeJours:
    """Return the uses of days under the same dated entries."""
    jour = jour_de(i0)
    banque = banque_de(point, plages_de(point, jour))
    installation, niveau = installation_de(point), niveaux_de(point).entre(i0, i1)
    energies, lignes = tire(installation, niveau, calendrier().compteurs[:, i0:i1])
    energies = limite(point, energies, banque.pointes.take(lignes), puissance_de(point, jour))
    if grandeur is Grandeur.PRI:
        energies = energies * installation.inductif >> FRACTION
    elif grandeur is Grandeur.PRC:
        nuits = banque.groupes[-1]
        energies = energies[:1] * installation.capacitif >> FRACTION
        lignes = nuits.debut + lignes[:1] % nuits.variantes
    pair = not point.petit and jour < PASSAGE_5_MINUTES
    if pair:
        energies = energies & ~1
    return _BlocDeJours(i0, energies, lignes, banque, pair)


def tire(inst: Installation, niveau: Niveaux, compteurs: Entiers) -> tuple[Entiers, Entiers]:
    """Return the energy wanted by each use, and its row, each day: shapes (uses, n).

    `compteurs`: shape (2, n), the number of the day and that of its week. Either the days are
    many, or the installations: those of one profile, side by side.
    """
    jours, semaines = draws(inst.cles, compteurs)
    lignes = niveau.lignes + (jours >> niveau.bits & niveau.masques)
    bruits = (jours >> _BITS_BRUIT[: len(inst.energies)] & 0xFF) * inst.etendues
    bruits += inst.planchers
    energies = inst.energies * niveau.facteurs
    energies >>= FRACTION
    energies *= bruits
    energies >>= FRACTION + 8
    absents = np.flatnonzero((semaines & 1023) < niveau.seuils)
    if len(absents):
        energies[:, absents] = energies[:, absents] * inst.absences >> FRACTION
    return energies, lignes


def limite(
    point: PointMesure, energies: Entiers, pointes: Entiers, puissance: int | Entiers
) -> Entiers:
    """Return the energies that keep each step within the subscribed power (kVA or kW).

    Of several points, `point` is any, and `puissance` has one entry for each.

    A Linky trips above it; a large meter records overruns, but not far above (assumed).
    Consumers stagger their uses, so the day stays what it is unless it is far too much for the
    power; a plant loses what exceeds its power.
    """
    par_pas = 500 * puissance if point.petit else puissance * _DEPASSEMENT[point.injection] // 100
    maximum = (par_pas << BITS) - UNITE
    prevus = np.einsum("kn,kn->n", energies, pointes)
    trop = prevus > maximum
    if not trop.any():
        return energies
    if point.injection:
        reduits = energies * ((maximum << FRACTION) // np.maximum(prevus, 1)) >> FRACTION
        return np.where(trop, reduits, energies)
    # A day beyond eight tenths of what the power allows is cut.
    par_jour = par_pas * (48 if point.petit else 288) * 8 // 10
    totaux = np.maximum(energies.sum(axis=0), 1)
    energies = np.where(totaux > par_jour, energies * par_jour // totaux, energies)
    # Move a part of the other uses to the standing load, which is flat.
    souples = energies[1:].sum(axis=0)
    plat = (energies[0] + souples) * pointes[0]
    releve = (energies[1:] * pointes[1:]).sum(axis=0) - souples * pointes[0]
    garde = np.clip(((maximum - plat) << FRACTION) // np.maximum(releve, 1), 0, UN)
    gardees = energies[1:] * garde >> FRACTION
    aplatis = np.concatenate([(energies[0] + souples - gardees.sum(axis=0))[None], gardees])
    return np.where(trop, aplatis, energies)
