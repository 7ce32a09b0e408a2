"""Shapes of a day: the bank of rows from which every curve is made.

A row is one way to spread one use of electricity over a legal day of 24 hours. It is kept as its
running sum, integers from 0 to `UNITE` at the bounds of the steps: 49 values for half-hours, 289
for five minutes. A day of a point is a few rows, each times an energy (see `journees`), so the
energy of any interval of the day is known without computing the curve.

Rows of a kind stand by what makes them: when the use starts, how long it lasts, and variants. A
habit of a point is then a number, and what a day makes of it is added to it (`gigues`). The shapes
are plausible, not measured (assumed).
"""

from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cached_property
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.dessins import AVANCE, CONTACTS, DUREES, sortes
from sge_sim.mesures.hasard import PRESENCES, TIRAGES, UN, bruits, nearest_rank, noise_table
from sge_sim.mesures.tableaux import Entiers, common_table

BITS = 24
UNITE = 1 << BITS
"""The running sum of a row at the end of its day."""

PARTIES = 4
"""Parts of a day in which a power that is too much is looked for."""


class Sorte(IntEnum):
    """A kind of use, by how it spreads over a day."""

    SOCLE = auto()
    """What never stops: machines that keep cold, and what stands by."""
    EVEIL = auto()
    """What never stops in a dwelling, and what is on while somebody is up."""
    MATIN = auto()
    """A rising, then something small until noon."""
    SOIR = auto()
    """A meal is cooked, then an evening is lived."""
    APPAREIL = auto()
    """A machine that runs once or twice."""
    BLOC = auto()
    """A power held for a time: water, a battery, an oven."""
    CHAUFFAGE = auto()
    """Heating or cooling, by habit."""
    POMPE = auto()
    """Heating that follows the weather through the day."""
    PLATEAU = auto()
    """A place that is open."""
    COUPURE = auto()
    """A place that is open and stops at noon."""
    MACHINES = auto()
    """Equipment that starts and stops while a place is open."""
    NUIT = auto()
    """Lighting from dusk to dawn."""
    CAPACITIF = auto()
    """Where no load balances capacitors."""
    CONTACT = auto()
    """A `BLOC` that starts with a contact, within a half-hour: none for large points."""
    SOLEIL = auto()
    """A solar plant."""


TENUES = {Sorte.BLOC: 1, Sorte.CONTACT: CONTACTS}
"""Kinds that last as long as the energy of their day says, and how many groups of variants each
length has."""


@dataclass(frozen=True)
class Groupe:
    """Where the rows of a kind stand: `debut`, then `par_depart` rows for each start, 0 for a kind
    that has no starts; `variantes` rows that differ by nothing but chance."""

    debut: int
    par_depart: int
    variantes: int

    def ligne(self, depart: int, rang: int = 0) -> int:
        """Return the first row of a start, in half-hours, of the length of this rank."""
        return self.debut + (depart + AVANCE) * self.par_depart + rang * self.variantes

    def find_start(self, ligne: int) -> int | None:
        """Return the start of a row, in half-hours; None for one of another kind."""
        depart = (ligne - self.debut) // max(self.par_depart, 1) - AVANCE
        return depart if 0 <= depart < 48 else None

    def retard(self, depart: int, demi_heures: int) -> int:
        """Return the rows to add to start so many half-hours later, the next morning at most."""
        tour = 48 if depart + demi_heures > 47 else 0
        return (demi_heures - tour) * self.par_depart


@dataclass(frozen=True)
class Banque:
    """The rows of a step. `cumuls`: shape (rows, steps + 1); `pointes`: largest step of each row;
    `pointes_de_partie`: the same in each of `PARTIES`, shape (rows, parts); `groupes`: where each
    kind stands."""

    cumuls: NDArray[np.int32]
    pointes: NDArray[np.int32]
    pointes_de_partie: NDArray[np.int32]
    groupes: dict[Sorte, Groupe]

    @cached_property
    def pas(self) -> int:
        """Minutes of a step."""
        return 1440 // (int(self.cumuls.shape[1]) - 1)


@common_table
def banque(pas_par_jour: int) -> Banque:
    """Return the rows in 48 or 288 steps a day."""
    groupes: dict[Sorte, Groupe] = {}
    cumuls, par_partie, debut = [], [], 0
    for sorte, (poids, departs, variantes) in zip(Sorte, sortes(pas_par_jour), strict=True):
        cumuls.append(_sommes(poids, departs))
        par_partie.append(_pointes(cumuls[-1][: len(poids)], departs))
        nombre = len(poids) * departs
        groupes[sorte] = Groupe(debut, len(poids) if departs > 1 else 0, variantes)
        debut += nombre
    toutes, parties = np.concatenate(cumuls), np.concatenate(par_partie)
    pointes = parties.max(axis=1)
    for tableau in (toutes, pointes, parties):
        tableau.setflags(write=False)
    return Banque(toutes, pointes, parties, groupes)


def _departs(departs: int, pas: int) -> list[int]:
    """Return the step at which a row that begins at midnight is cut to begin at each start."""
    return (
        [(AVANCE - depart) * pas // 48 % pas for depart in range(departs)] if departs > 1 else [0]
    )


def _sommes(poids: Entiers, departs: int) -> NDArray[np.int32]:
    """Return the running sums of rows, then of each start: what goes beyond midnight is in the
    morning of the same day."""
    nombre, pas = poids.shape
    sommes = np.zeros((nombre, pas + 1), np.int64)
    np.cumsum(poids, axis=1, out=sommes[:, 1:])
    sommes <<= BITS
    sommes //= np.maximum(sommes[:, -1:] >> BITS, 1)
    if departs == 1:
        return sommes.astype(np.int32)
    deux_jours = np.concatenate([sommes[:, :-1], sommes + sommes[:, -1:]], axis=1).astype(np.int32)
    toutes = np.empty((departs, nombre, pas + 1), np.int32)
    for rang, coupe in enumerate(_departs(departs, pas)):
        jour = deux_jours[:, coupe : coupe + pas + 1]
        np.subtract(jour, jour[:, :1], out=toutes[rang])
    return toutes.reshape(-1, pas + 1)


def _pointes(sommes: NDArray[np.int32], departs: int) -> NDArray[np.int32]:
    """Return the largest step of each part of the day, from the first start of rows to all."""
    pas = sommes.shape[1] - 1
    premier, *_ = coupes = _departs(departs, pas)
    # From each step on, the largest of as many as a part has.
    pointes, vus, voulus = sommes[:, 1:] - sommes[:, :-1], 1, pas // PARTIES
    while vus < voulus:
        de_plus = min(vus, voulus - vus)
        pointes = np.maximum(pointes, np.roll(pointes, -de_plus, axis=1))
        vus += de_plus
    debuts = np.arange(0, pas, voulus)[:, None] + (np.array(coupes) - premier)
    found: NDArray[np.int32] = pointes.T[debuts % pas].reshape(PARTIES, -1)
    return np.ascontiguousarray(found.T)


ECARTS_D_UN_BLOC = (10, 35, 55)
"""Spreads of what a `BLOC` takes, per cent: its length follows."""
JEUX = (0, 5, 10, 18, 30, 51)
"""How far a start moves from day to day, tenths of a half-hour (standard deviation)."""
MELANGES = 8
"""Ways to pair how far a start moves with a variant: the ranks of `JEUX`, once for each."""


def rank_bloc(presence: int, ecart: int, duree: int) -> int:
    """Return the rank of the table of a `BLOC` of this presence and spread, per cent, that lasts
    the one of `DUREES` of this rank on average."""
    par_ecart = nearest_rank(ECARTS_D_UN_BLOC, ecart) * len(PRESENCES)
    return (par_ecart + nearest_rank(PRESENCES, presence)) * len(DUREES) + duree


@common_table
def gigues(pas_par_jour: int) -> tuple[Entiers, dict[tuple[Sorte, int], int]]:
    """Return what a day's draw adds to a row, by table then by draw; and where the table of a kind
    and of a rank begins: the rank in `JEUX` of how much the start moves, or, for `TENUES`,
    `rank_bloc`: its draw is then that of its energy."""
    groupes = banque(pas_par_jour).groupes
    tables: list[Entiers] = []
    places: dict[tuple[Sorte, int], int] = {}
    rangs = np.arange(TIRAGES)
    meles = np.argsort(draws(subkey(0x6166, 1), rangs.astype(np.int64)), kind="stable")
    triangle = (meles & 15) + (meles >> 4) - 15
    # Standard deviation of the triangle: 6.5.
    jeux = np.array(JEUX)[:, None]
    decalages = np.clip((triangle * jeux + 32 * (triangle > 0)) // 65, -AVANCE, AVANCE)
    melange = np.arange(MELANGES)[:, None]
    melanges = meles * (7 + 2 * melange) + (meles >> 3) + 29 * melange
    for sorte, groupe in groupes.items():
        if sorte in TENUES:
            continue
        tirees = melanges[: MELANGES if groupe.par_depart else 1, None] % groupe.variantes
        ici = (tirees + decalages * groupe.par_depart).reshape(-1, TIRAGES)
        places |= {(sorte, rang): (len(tables) + rang) * TIRAGES for rang in range(len(ici))}
        tables += list(ici)
    durees = np.array(DUREES)
    milieux = (durees[1:] + durees[:-1]) * UN // 2
    for (sorte, parts), ecart, presence in product(TENUES.items(), ECARTS_D_UN_BLOC, PRESENCES):
        variantes = groupes[sorte].variantes
        debut = noise_table(presence, ecart)
        niveaux = bruits()[debut : debut + TIRAGES] * presence // 100
        # The longer, the more energy; long enough, or nearly.
        voulues = np.searchsorted(milieux, durees[:, None] * niveaux * 5 // 4)
        for rang, lignes in enumerate(voulues * parts * variantes + rangs % variantes):
            places[sorte, rank_bloc(presence, ecart, rang)] = len(tables) * TIRAGES
            tables.append(lignes)
    table = np.concatenate(tables).astype(np.int64)
    table.setflags(write=False)
    return table, places
