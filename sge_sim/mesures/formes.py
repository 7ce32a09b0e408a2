"""Shapes of a day: the bank of rows from which every curve is made.

A row is one way to spread one use of electricity over a legal day of 24 hours. It is kept as its
running sum, integers from 0 to `UNITE` at the bounds of the steps: 49 values for half-hours, 289
for five minutes. A day of a point is a few rows, each times an energy (see `journees`), so the
energy of any interval of the day is known without computing the curve.

Rows of a kind stand by what makes them: when the use starts, how long it lasts, and variants. A
habit of a point is then a number, and what a day makes of it is added to it (`gigues`). The shapes
are plausible, not measured (assumed).
"""

from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.dessins import AVANCE, DUREES, sortes
from sge_sim.mesures.hasard import PRESENCES, UN, bruits, rang_de_presence, table_de_bruit
from sge_sim.mesures.tableaux import Entiers, EntiersCourts

BITS = 24
UNITE = 1 << BITS
"""The running sum of a row at the end of its day."""

PARTIES = 4
"""Parts of a day in which a power that is too much is looked for."""


class Sorte(Enum):
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
    SOLEIL = auto()
    """A solar plant."""


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
    pointes: Entiers
    pointes_de_partie: Entiers
    groupes: dict[Sorte, Groupe]
    _colonnes: dict[int, NDArray[np.int32]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def pas(self) -> int:
        """Minutes of a step."""
        return 1440 // (int(self.cumuls.shape[1]) - 1)

    def cumuls_a(self, minute: int, lignes: Entiers | EntiersCourts) -> NDArray[np.int32]:
        """Return the running sum of rows at a minute of the day, linear between two bounds."""
        rang, reste = divmod(minute, self.pas)
        # No row is beyond the bank (`limite` looks all of them up): not checked each time.
        found = self._au_pas(rang).take(lignes, mode="clip")
        if reste:
            # A step is a part of 2**24, times less than 30 minutes: within 32 bits.
            suite = self._au_pas(rang + 1).take(lignes, mode="clip")
            suite -= found
            suite *= np.int32(reste)
            suite //= np.int32(self.pas)
            found += suite
        return found

    def _au_pas(self, rang: int) -> NDArray[np.int32]:
        """Return the running sum of each row at a bound of the steps, kept side by side."""
        found = self._colonnes.get(rang)
        if found is None:
            found = self._colonnes[rang] = self.cumuls[:, rang].copy()
        return found


@lru_cache(maxsize=2)
def banque(pas_par_jour: int) -> Banque:
    """Return the rows in 48 or 288 steps a day."""
    groupes: dict[Sorte, Groupe] = {}
    cumuls, debut = [], 0
    for sorte, (poids, departs, variantes) in zip(Sorte, sortes(pas_par_jour), strict=True):
        lignes = poids.reshape(-1, pas_par_jour)
        groupes[sorte] = Groupe(debut, len(lignes) // departs if departs > 1 else 0, variantes)
        sommes = np.zeros((len(lignes), pas_par_jour + 1), np.int64)
        np.cumsum(lignes, axis=1, out=sommes[:, 1:])
        cumuls.append(((sommes << BITS) // np.maximum(sommes[:, -1:], 1)).astype(np.int32))
        debut += len(lignes)
    toutes = np.concatenate(cumuls)
    par_partie = (toutes[:, 1:] - toutes[:, :-1]).reshape(len(toutes), PARTIES, -1).max(axis=2)
    par_partie = par_partie.astype(np.int64)
    pointes = par_partie.max(axis=1)
    for tableau in (toutes, pointes, par_partie):
        tableau.setflags(write=False)
    return Banque(toutes, pointes, par_partie, groupes)


TIRAGES = 256
"""Entries of a table of `gigues`."""
ECARTS_D_UN_BLOC = (10, 35, 55)
"""Spreads of what a `BLOC` takes, per cent: its length follows."""
JEUX = (0, 5, 10, 18, 30, 55)
"""How far a start moves from day to day, tenths of a half-hour (standard deviation)."""
MELANGES = 8
"""Ways to pair how far a start moves with a variant: the ranks of `JEUX`, once for each."""


def rang_de_bloc(presence: int, ecart: int, duree: int) -> int:
    """Return the rank of the table of a `BLOC` of this presence and spread, per cent, that lasts
    the one of `DUREES` of this rank on average."""
    le_plus_proche = min(
        range(len(ECARTS_D_UN_BLOC)), key=lambda rang: abs(ECARTS_D_UN_BLOC[rang] - ecart)
    )
    return (le_plus_proche * len(PRESENCES) + rang_de_presence(presence)) * len(DUREES) + duree


@lru_cache(maxsize=2)
def gigues(pas_par_jour: int) -> tuple[Entiers, dict[tuple[Sorte, int], int]]:
    """Return what a day's draw adds to a row, by table then by draw; and where the table of a kind
    and of a rank begins: the rank in `JEUX` of how much the start moves, or, for a `BLOC`,
    `rang_de_bloc`: its draw is then that of its energy."""
    groupes = banque(pas_par_jour).groupes
    tables: list[Entiers] = []
    places: dict[tuple[Sorte, int], int] = {}
    rangs = np.arange(TIRAGES)
    meles = np.argsort(draws(subkey(0x6166, 1), rangs.astype(np.int64)), kind="stable")
    triangle = (meles & 15) + (meles >> 4) - 15
    for sorte, groupe in groupes.items():
        if sorte is Sorte.BLOC:
            continue
        melanges = MELANGES if groupe.par_depart else 1
        for rang, (melange, jeu) in enumerate(product(range(melanges), JEUX)):
            # Standard deviation of the triangle: 6.5.
            decalages = np.clip((triangle * jeu + 32 * (triangle > 0)) // 65, -AVANCE, AVANCE)
            variantes = (meles * (7 + 2 * melange) + (meles >> 3) + 29 * melange) % groupe.variantes
            places[sorte, rang] = len(tables) * TIRAGES
            tables.append(variantes + decalages * groupe.par_depart)
    bloc = groupes[Sorte.BLOC]
    durees = np.array(DUREES)
    for ecart in ECARTS_D_UN_BLOC:
        for presence in PRESENCES:
            debut = table_de_bruit(presence, ecart)
            niveaux = bruits()[debut : debut + TIRAGES] * presence // 100
            for rang, duree in enumerate(DUREES):
                # The longer, the more energy; long enough, or nearly.
                ecarts = np.abs(durees[:, None] * UN - duree * niveaux * 5 // 4)
                places[Sorte.BLOC, rang_de_bloc(presence, ecart, rang)] = len(tables) * TIRAGES
                tables.append(ecarts.argmin(axis=0) * bloc.variantes + rangs % bloc.variantes)
    return np.concatenate(tables).astype(np.int64), places
