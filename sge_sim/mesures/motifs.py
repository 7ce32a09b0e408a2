"""Shapes of a day: the bank of rows from which every curve is made.

A row is one way to spread one use of electricity over a legal day of 24 hours. It is kept as its
running sum, integers from 0 to `UNITE` at the bounds of the steps: 49 values for half-hours, 289
for five minutes. A day of a point is a few rows, each times an energy (see `journees`), so the
energy of any interval of the day is known without computing the curve.

The shapes are plausible, not measured (assumed).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sge_sim.mesures.alea import Entiers, draws, subkey
from sge_sim.mesures.point import PLAGES_PAR_DEFAUT, Plages, Profil

BITS = 24
UNITE = 1 << BITS
"""The running sum of a row at the end of its day."""

HABITUDES = 4
"""Ways of life of one profile; each point keeps its own."""

Textures = Callable[[Entiers, int], Entiers]


@dataclass(frozen=True)
class Groupe:
    """Where the rows of one use stand: `variantes` (a power of two) rows for each subgroup."""

    debut: int
    variantes: int


@dataclass(frozen=True)
class Banque:
    """The rows of a profile. `cumuls`: shape (rows, steps + 1); `pointes`: largest step of each
    row; `groupes`: one per use, then the group of capacitive reactive power."""

    cumuls: Entiers
    pointes: Entiers
    groupes: tuple[Groupe, ...]

    @property
    def pas(self) -> int:
        """Minutes of a step."""
        return 1440 // (int(self.cumuls.shape[1]) - 1)


# Relative power at each hour of the day, 0h to 23h.
_PLAT = (100,) * 24
_SEMAINE = (
    8, 5, 4, 4, 4, 6, 18, 42, 38, 24, 20, 26,
    46, 38, 22, 20, 24, 38, 62, 90, 84, 62, 40, 18,
)  # fmt: skip
_REPOS = (12, 6, 4, 4, 4, 5, 8, 18, 36, 50, 54, 58, 78, 64, 44, 38, 38, 44, 64, 88, 82, 62, 44, 22)
_CHAUFFAGE = (
    95, 92, 90, 90, 92, 104, 128, 134, 122, 106, 98, 95,
    94, 92, 90, 92, 102, 118, 130, 128, 120, 108, 98, 95,
)  # fmt: skip
_BUREAU = (0, 0, 0, 0, 0, 2, 10, 38, 76, 94, 100, 96, 70, 84, 98, 96, 92, 76, 46, 20, 8, 4, 2, 0)
_BUREAU_REPOS = (4, 4, 4, 4, 4, 4, 6, 10, 16, 22, 24, 22, 16, 16, 16, 14, 12, 10, 8, 6, 4, 4, 4, 4)
_CHAUFFE_BUREAU = (
    20, 20, 20, 22, 40, 90, 130, 126, 110, 96, 88, 82,
    76, 74, 72, 70, 66, 54, 36, 26, 22, 20, 20, 20,
)  # fmt: skip
_CLIM = (6, 4, 4, 4, 4, 4, 8, 16, 34, 54, 70, 84, 94, 100, 104, 104, 98, 84, 60, 40, 26, 18, 12, 8)
_DEUX_HUIT = (
    6, 4, 4, 6, 30, 80, 98, 100, 98, 96, 94, 92,
    86, 90, 96, 98, 98, 94, 90, 86, 76, 44, 18, 8,
)  # fmt: skip
_ATELIER = (
    0, 0, 0, 0, 6, 40, 80, 100, 90, 70, 100, 80,
    40, 90, 100, 70, 90, 60, 40, 30, 16, 4, 0, 0,
)  # fmt: skip
_NUIT = (100, 100, 100, 100, 90, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 70, 100)


@lru_cache(maxsize=64)
def banque(profil: Profil, pas_par_jour: int, plages: Plages) -> Banque:
    """Return the rows of a profile in 48 or 288 steps (bounded cache: at most 64 banks).

    `plages` matters to RESIDENTIEL alone, where the off-peak contact starts the water heater:
    pass () for the others.
    """
    groupes: list[Groupe] = []
    blocs: list[Entiers] = []
    fabrique = _Fabrique(profil, pas_par_jour)
    for bloc, variantes in fabrique.blocs(plages):
        groupes.append(Groupe(sum(len(b) for b in blocs), variantes))
        blocs.append(bloc)
    cumuls = np.zeros((sum(len(b) for b in blocs), pas_par_jour + 1), np.int64)
    np.cumsum(np.concatenate(blocs), axis=1, out=cumuls[:, 1:])
    cumuls = (cumuls << BITS) // cumuls[:, -1:]
    pointes = (cumuls[:, 1:] - cumuls[:, :-1]).max(axis=1)
    cumuls.setflags(write=False)
    pointes.setflags(write=False)
    return Banque(cumuls, pointes, tuple(groupes))


@lru_cache(maxsize=2)
def tensions(pas_par_jour: int) -> Entiers:
    """Return 32 days of voltage, as departures from the nominal in 1/1000: (32, steps)."""
    rangs = np.arange(32 * pas_par_jour, dtype=np.int64).reshape(32, pas_par_jour)
    creux = _lisse((8, 9, 10, 10, 9, 6, 1, -4, -7, -8, -7, -6, -5, -6, -6, -5, -4, -6, -10, -11,
                    -8, -3, 2, 6), pas_par_jour)  # fmt: skip
    lent = _bruit_lent(subkey(31, pas_par_jour), rangs, pas_par_jour // 12, 9)
    vif = draws(subkey(32, pas_par_jour), rangs) % 5 - 2
    ecarts = creux // 16 + lent + vif
    ecarts.setflags(write=False)
    return ecarts


class _Fabrique:
    """Makes the blocks of rows of one profile; a block is weights, shape (rows, steps)."""

    def __init__(self, profil: Profil, pas_par_jour: int) -> None:
        self.profil = profil
        self.pas = pas_par_jour
        self.cle = subkey(list(Profil).index(profil) + 1, pas_par_jour)
        self.suivant = 0

    def blocs(self, plages: Plages) -> list[tuple[Entiers, int]]:
        """Return the block of each use and its number of variants, in the order of the uses."""
        if self.profil is Profil.PRODUCTION:
            return [(self._soleil(32), 32)]
        socle = (self._rangees([_PLAT], 16, self._doux), 16)
        nuit = (self._rangees([_NUIT], 8, self._doux), 8)
        if self.profil is Profil.RESIDENTIEL:
            vie = [self._decale(f, h) for h in (-1, 0, 1, 3) for f in (_SEMAINE, _REPOS)]
            vie[4] = tuple((a + b) // 2 for a, b in zip(_SEMAINE, _REPOS, strict=True))
            return [
                socle,
                (self._rangees(vie, 64, self._heurte), 64),
                (self._rangees([_CHAUFFAGE], 32, self._doux), 32),
                (self._ballon(16, plages or PLAGES_PAR_DEFAUT), 16),
                nuit,
            ]
        if self.profil is Profil.INDUSTRIEL:
            vie = [self._decale(f, h) for h in (0, 0, -1, 1) for f in (_DEUX_HUIT, _BUREAU_REPOS)]
            autre, froid = (_ATELIER, self._heurte), _CLIM
        else:
            vie = [self._decale(f, h) for h in (0, 1, -1, 2) for f in (_BUREAU, _BUREAU_REPOS)]
            autre, froid = (_CHAUFFE_BUREAU, self._doux), _CLIM
        return [
            socle,
            (self._rangees(vie, 32, self._vivant), 32),
            (self._rangees([autre[0]], 32, autre[1]), 32),
            (self._rangees([froid], 16, self._doux), 16),
            nuit,
        ]

    def _decale(self, forme: tuple[int, ...], demi_heures: int) -> tuple[int, ...]:
        """Return the shape some half-hours later, still on hours."""
        n = demi_heures // 2
        tourne = forme[-n:] + forme[:-n] if n else forme
        if demi_heures % 2 == 0:
            return tourne
        return tuple((a + b) // 2 for a, b in zip(tourne, tourne[-1:] + tourne[:-1], strict=True))

    def _rangees(self, formes: list[tuple[int, ...]], variantes: int, texture: Textures) -> Entiers:
        """Return `variantes` noisy rows of each shape."""
        blocs = []
        for forme in formes:
            rangs = np.arange(variantes * self.pas, dtype=np.int64).reshape(variantes, self.pas)
            self.suivant += 1
            blocs.append(_lisse(forme, self.pas) * texture(rangs, subkey(self.cle, self.suivant)))
        return np.concatenate(blocs)

    def _doux(self, rangs: Entiers, cle: int) -> Entiers:
        return 256 + draws(cle, rangs) % 61 - 30

    def _vivant(self, rangs: Entiers, cle: int) -> Entiers:
        """A workplace: slow waves and a little agitation."""
        return 256 + _bruit_lent(cle, rangs, self.pas // 16, 36) + draws(cle + 1, rangs) % 41 - 20

    def _heurte(self, rangs: Entiers, cle: int) -> Entiers:
        """A dwelling or a workshop: appliances that start and stop."""
        u = draws(cle, rangs)
        agitation = (u & 0xFF) * (u & 0xFF) >> 7
        cuisson = np.where((u >> 8) % 11 == 0, 460, 0)
        return 72 + agitation + cuisson

    def _ballon(self, variantes: int, plages: Plages) -> Entiers:
        """Return the water heater: it starts with the off-peak hours and runs a few hours."""
        durees = [(fin - debut) % 1440 or 1440 for debut, fin in plages]
        principale = durees.index(max(durees))
        minutes = np.zeros((variantes, 1440), np.int64)
        self.suivant += 1
        for v in range(variantes):
            u = draws(subkey(self.cle, self.suivant), np.arange(2) + 2 * v).tolist()
            retard, marche = u[0] % 15, 110 + u[1] % 130
            for rang, (debut, _) in enumerate(plages):
                duree = min(marche if rang == principale else marche // 3, durees[rang] - retard)
                instants = (debut + retard + np.arange(max(duree, 1))) % 1440
                minutes[v, instants] = 100
        poids: Entiers = minutes.reshape(variantes, self.pas, -1).sum(axis=2)
        return poids

    def _soleil(self, variantes: int) -> Entiers:
        """Return the production: 14 subgroups of rows, zero at night.

        Months 0 to 11, then March in summer time and October in winter time.
        """
        blocs = []
        for groupe in range(14):
            lever, coucher = _LEVER_COUCHER[groupe]
            milieux = (np.arange(self.pas, dtype=np.int64) * 2 + 1) * 720 // self.pas
            cloche = np.maximum((milieux - lever) * (coucher - milieux), 0)
            rangs = np.arange(variantes * self.pas, dtype=np.int64).reshape(variantes, self.pas)
            cle = subkey(self.cle, groupe)
            # The last row is a clear sky (see `BITS_SOLEIL`).
            couvert = np.arange(variantes)[::-1, None] * 5
            nuages = _bruit_lent(cle, rangs, self.pas // 24, 100) + draws(cle + 1, rangs) % 101 - 50
            blocs.append(cloche * np.maximum(256 + nuages * couvert // 128, 12))
        return np.concatenate(blocs)


_LEVER_COUCHER = (
    (510, 1035), (470, 1085), (420, 1115), (440, 1215), (385, 1260), (355, 1295), (370, 1290),
    (410, 1245), (450, 1185), (490, 1130), (460, 1025), (505, 1010), (430, 1185), (440, 1050),
)  # fmt: skip
"""Minutes of legal time of sunrise and sunset, mid-month, middle of France (assumed)."""


def _lisse(forme: tuple[int, ...], pas_par_jour: int) -> Entiers:
    """Return 16 times an hourly shape, linear between hours, at the start of each step."""
    par_heure = pas_par_jour // 24
    heures = np.array((*forme, forme[0]), np.int64)
    rang = np.arange(pas_par_jour)
    h, reste = rang // par_heure, rang % par_heure
    return (heures[h] * (par_heure - reste) + heures[h + 1] * reste) * 16 // par_heure


def _bruit_lent(cle: int, rangs: Entiers, periode: int, amplitude: int) -> Entiers:
    """Return a noise in [-amplitude, amplitude], linear between knots `periode` steps apart."""
    gauche = draws(cle, rangs // periode) % (2 * amplitude + 1) - amplitude
    droite = draws(cle, rangs // periode + 1) % (2 * amplitude + 1) - amplitude
    reste = rangs % periode
    return (gauche * (periode - reste) + droite * reste) // periode
