"""The days of a point as they are told: those that were given of it, and those that are drawn.

What was given stands above the physics: a day of which something is known is made of it
(`JourneesDonnees`), whatever would have been drawn; what isn't known of it is drawn, within the
energy that two indexes leave. Registers go through the indexes that were given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from sge_sim.mesures.calendrier import numero_borne
from sge_sim.mesures.formes import BITS, UNITE
from sge_sim.mesures.journees import journees
from sge_sim.mesures.jours import DEBUT_CHANGEMENT, FIN_CHANGEMENT, Journees, spent_until
from sge_sim.mesures.jours_donnes import REGISTRES, TOTAL, MesuresDonnees
from sge_sim.mesures.point import CompteurPose, Grandeur, PointMesure
from sge_sim.mesures.tableaux import Entiers, Masque

_HEURE = FIN_CHANGEMENT - DEBUT_CHANGEMENT
_RANGS = {nom: rang for rang, nom in enumerate((*REGISTRES, TOTAL))}
_TOTAL = _RANGS[TOTAL]
_COTES = (slice(0, 10), slice(10, 15))


@dataclass
class JourneesDonnees(Journees):
    """Days of one length of which the steps are known: `comptes`, shape (n, steps + 1), is what was
    spent since midnight at each bound of theirs, in the order of time."""

    comptes: Entiers

    @property
    def arrondies(self) -> bool:
        return False

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
        return spent_until(self.comptes, minutes, self.banque.pas)


def journees_lues(
    point: PointMesure,
    i0: int,
    i1: int,
    grandeur: Grandeur = Grandeur.PA,
    *,
    par_duree: bool = False,
) -> Iterator[Journees]:
    """Yield the days [i0, i1) of a point, as `sge_sim.mesures.journees.journees` does."""
    drawn = journees(point, i0, i1, grandeur, par_duree=par_duree)
    if point.donnees is None or grandeur is not Grandeur.PA:
        return drawn
    return _with_given(drawn, _known_steps(point, point.donnees))


def _with_given(drawn: Iterator[Journees], known: Mapping[int, Entiers]) -> Iterator[Journees]:
    """Days are cut where those that are known begin and end (`coupes_de`)."""
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
            j.premier, vide, vide, j.banque, j.pair, j.changements, j.ecarts, cumuls
        )


@lru_cache(maxsize=64)
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
    (j,) = journees(point, jour, jour + 1)
    # Before five minutes were recorded, ten were: two steps of the same power.
    times = 2 if j.pair else 1
    return np.repeat(watts // 1000, times), np.repeat(lost, times)


def _drawn_steps(point: PointMesure, jour: int) -> Entiers:
    (j,) = journees(point, jour, jour + 1, par_duree=True)
    steps: Entiers = np.diff((j.pas_a_pas()[0] + UNITE // 2) >> BITS)
    return steps


def _shared(weights: Entiers, total: int) -> Entiers:
    """Return `total` as the weights divide it, in whole numbers that add up to it."""
    running = np.cumsum(weights)
    if not running[-1]:
        running = np.arange(1, len(weights) + 1)
    shares: Entiers = np.diff(running * total // running[-1], prepend=0)
    return shares


def through_given(
    point: PointMesure,
    compteur: CompteurPose,
    i0: int,
    depuis: Entiers,
    sommes: Callable[[int], Entiers],
) -> None:
    """Have the registers of a meter, shape (16, n) from the day `i0` on, go through those given.

    `sommes` tells what they count until a day. Before the first index they are counted back from
    it, down to zero; a side that wasn't given has what is missing on its first register.
    """
    if point.donnees is None or not point.petit:
        return
    pose = numero_borne(compteur.pose)
    depose = None if compteur.depose is None else numero_borne(compteur.depose)
    index = {
        jour: registres
        for jour, registres in point.donnees.index.items()
        if pose <= jour and (depose is None or jour < depose)
    }
    for nom, rang in _RANGS.items():
        jours = sorted(jour for jour, registres in index.items() if nom in registres)
        if jours:
            _shift(depuis[rang], i0, jours, [index[jour][nom] for jour in jours], rang, sommes)
    if index:
        given = set().union(*index.values())
        for cote, letter in zip(_COTES, "FD", strict=True):
            if not any(nom.startswith(letter) for nom in given):
                others = depuis[cote][1:].sum(axis=0)
                depuis[cote.start] = np.maximum(depuis[_TOTAL] - others, 0)
        np.maximum(depuis, 0, out=depuis)


def _shift(
    registre: Entiers,
    i0: int,
    jours: Sequence[int],
    lus: Sequence[int],
    rang: int,
    sommes: Callable[[int], Entiers],
) -> None:
    """Move a register to what was read of it: by the last reading before, else the first one."""
    fin = i0 + len(registre)
    comptes = {
        jour: int(registre[jour - i0]) if i0 <= jour < fin else int(sommes(jour)[rang])
        for jour in {*(jour for jour in jours if i0 <= jour < fin), _last(jours, i0)}
    }
    utiles = sorted(comptes)
    ecarts = np.array([lus[jours.index(jour)] - comptes[jour] for jour in utiles], np.int64)
    rangs = np.searchsorted(np.array(utiles), np.arange(i0, fin), side="right") - 1
    registre += ecarts[np.maximum(rangs, 0)]


def _last(jours: Sequence[int], i0: int) -> int:
    """Return the last of these days that isn't after `i0`, else the first."""
    return max((jour for jour in jours if jour <= i0), default=jours[0])
