"""Consecutive days of a point: what is spent of them by any minute.

A day of 23 or 25 hours lives its legal hours: 2h-3h is skipped in spring, lived twice in autumn,
the second time as chance has it then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sge_sim.mesures.formes import BITS, UNITE, Banque
from sge_sim.mesures.tableaux import Entiers, EntiersCourts

DEBUT_CHANGEMENT, FIN_CHANGEMENT = 120, 180
"""Legal minutes of the hour that is skipped or lived twice on a day of 23 or 25 hours."""
Colonnes = Entiers | EntiersCourts
_HEURE = FIN_CHANGEMENT - DEBUT_CHANGEMENT


@dataclass
class Journees:
    """Consecutive days [premier, premier + n) of a point under one set of dated entries.

    `energies` and `lignes`: shape (uses, n). `pair`: the energy of each day is even, because the
    quantum of a 10-minute curve is two of ours. `changements`: ranks of the days of 23 or 25
    hours, `ecarts`: the hours, -1 or 1, that they have beyond 24; `doubles`: as days, what these
    are in the hour that is skipped, or lived again; None where there are none.

    Also one day of n points of a size (`sge_sim.mesures.ensemble`).
    """

    premier: int
    energies: Colonnes
    lignes: Colonnes
    banque: Banque
    pair: bool
    changements: Entiers
    ecarts: Entiers
    doubles: "Journees | None"

    @property
    def nombre(self) -> int:
        """How many days there are."""
        return int(self.energies.shape[1])

    @property
    def arrondies(self) -> Entiers:
        """Ranks of the days that end between two whole units, and were rounded down."""
        return self.changements

    @cached_property
    def totaux(self) -> Entiers:
        """The energy of each day, shape (n,)."""
        totaux: Entiers = self.energies.sum(axis=0, dtype=np.int64)
        if len(self.changements):
            fins = (totaux[self.changements] << BITS) + self._heures[1]
            totaux[self.changements] = self._arrondis(fins)
        return totaux

    def _arrondis(self, fins: Entiers) -> Entiers:
        """Return the whole units of days that spent this, times `UNITE`: rounded down, so that no
        step has to give back what it had spent."""
        return fins >> (BITS + self.pair) << self.pair

    def registres(self, minutes: Entiers) -> Entiers:
        """Return the whole units spent since midnight at minutes of the legal day.

        `minutes`: shape (bounds, 1) or (bounds, n), up to 1440; the result: (bounds, n).
        """
        # Of few days, all bounds are looked up at once.
        few = self.lignes.size < len(self.banque.cumuls) // 44
        same = minutes.shape[1] == 1 and not few
        exacts = self._aux(minutes) if same else self._spent(minutes)
        rangs = self.changements
        if len(rangs):
            exacts[:, rangs] += self._spent_of_the_hour(
                minutes if minutes.shape[1] == 1 else minutes[:, rangs]
            )
        exacts += UNITE // 2
        exacts >>= BITS
        if len(ici := self.arrondies):
            exacts[:, ici] = np.minimum(exacts[:, ici], self.totaux[ici])
        return exacts

    def pas_a_pas(self) -> Entiers:
        """Return the energy since midnight at each bound of the steps, times `UNITE`.

        Shape (n, steps + 1), in the order of time. Only for `Journees` cut by `par_duree`.
        """
        exacts = self.cumuls()
        if self.doubles is None:
            return exacts
        a, b = DEBUT_CHANGEMENT // self.banque.pas, FIN_CHANGEMENT // self.banque.pas
        heure: Entiers = self.doubles.cumuls()[:, a : b + 1]
        heure -= heure[:, :1]
        parts = [exacts[:, : a + 1], exacts[:, b + 1 :] + self.ecarts[0] * heure[:, -1:]]
        if self.ecarts[0] > 0:
            parts[1:1] = exacts[:, a + 1 : b + 1], exacts[:, b : b + 1] + heure[:, 1:]
        return np.concatenate(parts, axis=1)

    def cumuls(self) -> Entiers:
        """Return the energy since midnight at each bound of the steps as if all days had 24 hours,
        times `UNITE`: shape (n, steps + 1)."""
        cumuls = self.banque.cumuls.take(self.lignes.T, axis=0)
        exacts: Entiers = np.matmul(self.energies.T[:, None].astype(np.int64), cumuls)[:, 0]
        return exacts

    def watts(self, *, horaire: bool = False) -> Entiers:
        """Return mean W of the half-hours of a small point, or of its hours: shape (n, steps).

        Only for `Journees` cut by `par_duree`.
        """
        comptes = self.pas_a_pas() + UNITE // 2
        comptes >>= BITS
        if len(ici := self.arrondies):
            comptes[ici] = np.minimum(comptes[ici], self.totaux[ici, None])
        if horaire:
            comptes = comptes[:, ::2]
            return comptes[:, 1:] - comptes[:, :-1]
        watts: Entiers = comptes[:, 1:] - comptes[:, :-1]
        watts *= 2  # the Wh of a half-hour
        return watts

    def kilowatts(self) -> Entiers:
        """Return mean W of the steps of a large point, whole kW: shape (n, steps).

        Only for `Journees` cut by `par_duree`.
        """
        exacts, bits = self.pas_a_pas(), BITS
        if self.pair:
            exacts, bits = exacts[:, ::2], BITS + 1
        quanta = (exacts + (1 << bits >> 1)) >> bits
        if len(self.changements):
            np.minimum(quanta, self.totaux[:, None] >> (bits - BITS), out=quanta)
        return (quanta[:, 1:] - quanta[:, :-1]) * 1000

    def _aux(self, minutes: Entiers) -> Entiers:
        """Return the energy since midnight at minutes of days of 24 hours, times `UNITE`: shape
        (minutes, n)."""
        # Rows that the days take: in the life of a meter fifteen times fewer.
        lignes, bornes = self.banque.cumuls.shape
        prises = np.zeros(lignes, np.bool_)
        prises[self.lignes.ravel()] = True
        differentes = prises.nonzero()[0]
        rangs = np.empty(lignes, np.int32)
        rangs[differentes] = np.arange(len(differentes))
        places = rangs.take(self.lignes, mode="clip").astype(np.intp)
        cumuls = self.banque.cumuls.ravel()
        lus = self._linear(minutes, bornes, lambda rangs: cumuls.take(differentes * bornes + rangs))
        exacts = np.empty((len(minutes), self.nombre), np.int64)
        for jours, ici in zip(exacts, lus, strict=True):
            np.multiply(ici.take(places, mode="clip"), self.energies).sum(axis=0, out=jours)
        return exacts

    def _linear(self, minutes: Entiers, bornes: int, read: Callable[[Entiers], Any]) -> Entiers:
        """Return running sums at minutes of the day, linear between two of so many bounds of the
        steps: `read` returns those at bounds of these ranks."""
        rangs, reste = np.divmod(minutes, self.banque.pas)
        found: Entiers = read(rangs).astype(np.int64)
        if reste.any():
            suivants = read(np.minimum(rangs + 1, bornes - 1))
            found += (suivants - found) * reste // self.banque.pas
        return found

    def _spent(self, minutes: Entiers) -> Entiers:
        """Return the energy since midnight as if all days had 24 hours, times `UNITE`."""
        cumuls, lignes = self.banque.cumuls, self.lignes[:, None]
        lus = self._linear(minutes, cumuls.shape[1], lambda rangs: cumuls[lignes, rangs])
        exacts: Entiers = np.einsum("kn,kbn->bn", self.energies, lus)
        return exacts

    def _spent_of_the_hour(self, minutes: Entiers) -> Entiers:
        """Return what must be added by these minutes on the days of 23 or 25 hours: the energy
        of 2h-3h spent by then, positive or negative. Shape (bounds, changes)."""
        assert self.doubles is not None
        avant, entiere = self._heures
        if not ((minutes > DEBUT_CHANGEMENT) & (minutes < FIN_CHANGEMENT)).any():
            return np.where(minutes >= FIN_CHANGEMENT, entiere, 0)
        bornes = np.clip(minutes, DEBUT_CHANGEMENT, FIN_CHANGEMENT)
        return (self.doubles._spent(bornes) - avant) * self.ecarts

    @cached_property
    def _heures(self) -> tuple[Entiers, Entiers]:
        """What the days of 23 or 25 hours spend until that hour, and what it adds to them."""
        assert self.doubles is not None
        cumuls, pas = self.doubles.cumuls(), self.banque.pas
        avant = cumuls[:, DEBUT_CHANGEMENT // pas]
        return avant, (cumuls[:, FIN_CHANGEMENT // pas] - avant) * self.ecarts


@dataclass
class JourneesNettes(Journees):
    """Days of which the steps are known, not the uses: `exacts`, shape (n, steps + 1), is the
    energy since midnight at each bound, times `UNITE`, of days of 24 hours."""

    exacts: Entiers

    @property
    def arrondies(self) -> Entiers:
        return np.arange(len(self.exacts))

    @cached_property
    def totaux(self) -> Entiers:
        fins = self.exacts[:, -1].copy()
        if len(self.changements):
            fins[self.changements] += self._heures[1]
        return self._arrondis(fins)

    def cumuls(self) -> Entiers:
        return self.exacts.copy()

    def _spent(self, minutes: Entiers) -> Entiers:
        jours = np.arange(len(self.exacts))
        return self._linear(minutes, self.exacts.shape[1], lambda rangs: self.exacts[jours, rangs])


@dataclass
class JourneesDonnees(Journees):
    """Days of one length of which the steps are known: `comptes`, shape (n, steps + 1), is what was
    spent since midnight at each bound of theirs, in the order of time."""

    comptes: Entiers

    @property
    def arrondies(self) -> Entiers:
        return self.changements[:0]

    @cached_property
    def totaux(self) -> Entiers:
        return self.comptes[:, -1]

    def pas_a_pas(self) -> Entiers:
        return self.comptes << BITS

    def registres(self, minutes: Entiers) -> Entiers:
        ecart = int(self.ecarts[0]) if len(self.ecarts) else 0
        if not ecart:
            return self._until(minutes)
        # What is spent by a minute of the hour that is skipped or lived twice, and after it.
        before = self._until(np.minimum(minutes, DEBUT_CHANGEMENT))
        after = self._until(np.maximum(minutes, FIN_CHANGEMENT) + _HEURE * ecart)
        after -= self._until(np.full((1, 1), FIN_CHANGEMENT + _HEURE * ecart))
        if ecart < 0:
            return before + after
        within = np.clip(minutes, DEBUT_CHANGEMENT, FIN_CHANGEMENT)
        for start in (DEBUT_CHANGEMENT, FIN_CHANGEMENT):
            after += self._until(within - DEBUT_CHANGEMENT + start)
            after -= self._until(np.full((1, 1), start))
        return before + after

    def _until(self, minutes: Entiers) -> Entiers:
        jours = np.arange(len(self.comptes))
        return self._linear(
            minutes, self.comptes.shape[1], lambda rangs: self.comptes[jours, rangs]
        )
