"""Shapes of a day: the bank of rows from which every curve is made.

A row is one way to spread one use of electricity over a legal day of 24 hours. It is kept as its
running sum, integers from 0 to `UNITE` at the bounds of the steps: 49 values for half-hours, 289
for five minutes. A day of a point is a few rows, each times an energy (see `journees`), so the
energy of any interval of the day is known without computing the curve.

The shapes are plausible, not measured (assumed).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.point import PLAGES_PAR_DEFAUT, Plages
from sge_sim.mesures.profil import ProfilConsommation
from sge_sim.mesures.tableaux import Entiers

BITS = 24
UNITE = 1 << BITS
"""The running sum of a row at the end of its day."""

HABITUDES = 4
"""Ways of life of one profile; each point keeps its own."""

Forme = tuple[int, ...]
"""Relative power at each hour of the day, 0h to 23h."""
Texture = Callable[[Entiers, int], Entiers]
"""Makes factors around 256 from ranks of steps, shape (rows, steps), and a key."""


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
    _aux: dict[int, Entiers] = field(default_factory=dict, repr=False, compare=False)

    @property
    def pas(self) -> int:
        """Minutes of a step."""
        return 1440 // (int(self.cumuls.shape[1]) - 1)

    def cumuls_a(self, minute: int) -> Entiers:
        """Return the running sum of each row at a minute of the day, linear between two bounds.

        Kept, since days are cut at the same few minutes: at most 1441 of them.
        """
        found = self._aux.get(minute)
        if found is None:
            rang, reste = divmod(minute, self.pas)
            found = self.cumuls[:, rang].copy()
            if reste:
                found += (self.cumuls[:, rang + 1] - found) * reste // self.pas
            self._aux[minute] = found
        return found


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


@lru_cache(maxsize=128)
def banque(profil: ProfilConsommation, pas_par_jour: int, plages: Plages) -> Banque:
    """Return the rows of a profile in 48 or 288 steps (bounded cache: at most 128 banks).

    `plages` matters to RESIDENTIEL alone, where the off-peak contact starts the water heater:
    pass () for the others.
    """
    blocs = list(_blocs(profil, pas_par_jour))
    if profil is ProfilConsommation.RESIDENTIEL:
        blocs.insert(3, _bloc(_ballon(pas_par_jour, plages or PLAGES_PAR_DEFAUT), 16))
    debuts = np.cumsum([0, *(len(bloc.cumuls) for bloc in blocs)]).tolist()
    cumuls = np.concatenate([bloc.cumuls for bloc in blocs])
    pointes = np.concatenate([bloc.pointes for bloc in blocs])
    cumuls.setflags(write=False)
    pointes.setflags(write=False)
    groupes = (Groupe(n, bloc.variantes) for n, bloc in zip(debuts, blocs, strict=False))
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


@dataclass(frozen=True)
class _BlocDeSecondes:
    """The rows of one use, of which `variantes` for each subgroup."""

    cumuls: Entiers
    pointes: Entiers
    variantes: int


def _bloc(poids: Entiers, variantes: int) -> _BlocDeSecondes:
    """Return rows of weights, shape (rows, steps), as running sums up to `UNITE`."""
    cumuls = np.zeros((len(poids), poids.shape[1] + 1), np.int64)
    np.cumsum(poids, axis=1, out=cumuls[:, 1:])
    cumuls = (cumuls << BITS) // cumuls[:, -1:]
    return _BlocDeSecondes(cumuls, (cumuls[:, 1:] - cumuls[:, :-1]).max(axis=1), variantes)


@lru_cache(maxsize=2 * len(ProfilConsommation))
def _blocs(profil: ProfilConsommation, pas: int) -> tuple[_BlocDeSecondes, ...]:
    """Return the blocks of a profile, in the order of its uses; the water heater is apart."""
    cle = subkey(list(ProfilConsommation).index(profil) + 1, pas)
    if profil is ProfilConsommation.PRODUCTION:
        return (_bloc(_soleil(cle, pas, 32), 32),)

    def bloc(
        rang: int, formes: Sequence[Forme], variantes: int, texture: Texture
    ) -> _BlocDeSecondes:
        jours = np.arange(variantes * pas, dtype=np.int64).reshape(variantes, pas)
        poids = [
            _lisse(forme, pas) * texture(jours, subkey(cle, 100 * rang + n))
            for n, forme in enumerate(formes)
        ]
        return _bloc(np.concatenate(poids), variantes)

    socle, nuit = bloc(0, [_PLAT], 16, _doux), bloc(4, [_NUIT], 8, _doux)
    if profil is ProfilConsommation.RESIDENTIEL:
        vies = _habitudes(_SEMAINE, _REPOS, (-1, 0, 1, 3))
        # The third way of life is at home on working days too.
        vies[4] = tuple((a + b) // 2 for a, b in zip(_SEMAINE, _REPOS, strict=True))
        return socle, bloc(1, vies, 64, _heurte), bloc(2, [_CHAUFFAGE], 32, _doux), nuit
    if profil is ProfilConsommation.INDUSTRIEL:
        vies = _habitudes(_DEUX_HUIT, _BUREAU_REPOS, (0, 0, -1, 1))
        autre = bloc(2, [_ATELIER], 32, _heurte)
    else:
        vies = _habitudes(_BUREAU, _BUREAU_REPOS, (0, 1, -1, 2))
        autre = bloc(2, [_CHAUFFE_BUREAU], 32, _doux)
    return socle, bloc(1, vies, 32, _vivant), autre, bloc(3, [_CLIM], 16, _doux), nuit


def _habitudes(ouvre: Forme, repos: Forme, retards: Sequence[int]) -> list[Forme]:
    """Return the two shapes of each habit, which lives some half-hours later than the model."""
    return [_decale(forme, retard) for retard in retards for forme in (ouvre, repos)]


def _decale(forme: Forme, demi_heures: int) -> Forme:
    """Return an hourly shape some half-hours later."""
    heures = demi_heures // 2
    tourne = forme[-heures:] + forme[:-heures] if heures else forme
    if demi_heures % 2 == 0:
        return tourne
    return tuple((a + b) // 2 for a, b in zip(tourne, tourne[-1:] + tourne[:-1], strict=True))


def _doux(rangs: Entiers, cle: int) -> Entiers:
    """A quiet use."""
    return 256 + draws(cle, rangs) % 61 - 30


def _vivant(rangs: Entiers, cle: int) -> Entiers:
    """A workplace: slow waves and a little agitation."""
    return 256 + _bruit_lent(cle, rangs, rangs.shape[1] // 16, 36) + draws(cle + 1, rangs) % 41 - 20


def _heurte(rangs: Entiers, cle: int) -> Entiers:
    """A dwelling or a workshop: appliances that start and stop."""
    u = draws(cle, rangs)
    agitation = (u & 0xFF) * (u & 0xFF) >> 7
    return 72 + agitation + np.where((u >> 8) % 11 == 0, 460, 0)


def _ballon(pas: int, plages: Plages) -> Entiers:
    """Return 16 rows of a water heater, which starts with the off-peak hours for a few hours."""
    durees = [(fin - debut) % 1440 or 1440 for debut, fin in plages]
    principale = durees.index(max(durees))
    minutes = np.zeros((16, 1440), np.int64)
    hasard = draws(subkey(0xBA110, 1), np.arange(32, dtype=np.int64)).reshape(16, 2).tolist()
    for rangee, (u, v) in zip(minutes, hasard, strict=True):
        retard, marche = u % 15, 110 + v % 130
        for rang, (debut, _) in enumerate(plages):
            duree = min(marche if rang == principale else marche // 3, durees[rang] - retard)
            rangee[(debut + retard + np.arange(max(duree, 1))) % 1440] = 100
    poids: Entiers = minutes.reshape(16, pas, -1).sum(axis=2)
    return poids


def _soleil(cle: int, pas: int, variantes: int) -> Entiers:
    """Return the rows of a solar plant: 14 subgroups, zero at night.

    Months 0 to 11, then March in summer time and October in winter time.
    """
    blocs = []
    milieux = (np.arange(pas, dtype=np.int64) * 2 + 1) * 720 // pas
    rangs = np.arange(variantes * pas, dtype=np.int64).reshape(variantes, pas)
    # The last row is a clear sky: the sun's draw makes it that of the best days.
    couvert = np.arange(variantes)[::-1, None] * 5
    for groupe, (lever, coucher) in enumerate(_LEVER_COUCHER):
        cloche = np.maximum((milieux - lever) * (coucher - milieux), 0)
        alea = subkey(cle, groupe)
        nuages = _bruit_lent(alea, rangs, pas // 24, 100) + draws(alea + 1, rangs) % 101 - 50
        blocs.append(cloche * np.maximum(256 + nuages * couvert // 128, 12))
    return np.concatenate(blocs)


_LEVER_COUCHER = (
    (510, 1035), (470, 1085), (420, 1115), (440, 1215), (385, 1260), (355, 1295), (370, 1290),
    (410, 1245), (450, 1185), (490, 1130), (460, 1025), (505, 1010), (430, 1185), (440, 1050),
)  # fmt: skip
"""Minutes of legal time of sunrise and sunset, mid-month, middle of France (assumed)."""


def _lisse(forme: Forme, pas_par_jour: int) -> Entiers:
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
