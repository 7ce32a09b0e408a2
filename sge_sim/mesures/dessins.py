"""How the rows of each kind of use are drawn: weights by step, which a bank makes running sums of.

All is plausible, not measured (assumed).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.tableaux import Entiers

DEPARTS = 72
AVANCE = 12
"""Starts of a kind, by half-hour, and how many of them are before midnight: a habit is in [0, 48),
what a day adds to it stays within the rest."""

CIELS = 32
"""Skies of a solar plant, from overcast to clear."""
ORIENTATIONS = (-80, -40, 0, 40, 80)
"""How much more a plant gives after noon than before, per cent."""

DUREES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20)
"""Half-hours of a `BLOC`."""
OUVERTURES = (8, 11, 14, 17, 19, 21, 23, 26, 30, 36)
"""Half-hours of a place that is open."""
JOURNEES_DE_MACHINES = (8, 18, 30)
"""Half-hours in which equipment starts and stops."""
CHAUFFES = 6
"""Habits of heating: always, by day, morning and evening, little at night, evening, by night."""
DECALAGES_DE_CHAUFFE = 6
"""Half-hours by which a habit of heating may come later than usual."""
VIF, CYCLES, ARRETS, LISSE = range(4)
"""How a standing load moves: at random, by cycles, by cycles that stop, hardly; each has
`VARIANTES_DE_SOCLE` rows, in this order."""
VARIANTES_DE_SOCLE = 256
EVEILS = (
    ((13, 16), (36, 46)), ((14, 17), (37, 47)), ((12, 14), (34, 44)), ((15, 18), (38, 48)),
    ((14, 46),), ((16, 47),), ((17, 48),), ((13, 44),), ((15, 26), (36, 46)), ((0, 6), (22, 48)),
)  # fmt: skip
"""Half-hours in which somebody is up, at home: of those who leave, then of those who stay, then of
those who come back at noon or live by night."""
VARIANTES_D_EVEIL = 128
PENTES = (50, 60, 70, 80, 90, 100, 112, 125, 140, 160, 185, 220)
"""What a day begins or ends with, per cent of its mean, where heat follows the weather."""
_DOUZE_BITS = np.arange(0, 60, 12)
_FIN = 288
"""Steps of five minutes in which rows are drawn whose edges fall at any minute."""


def sortes(pas: int) -> Iterator[tuple[Entiers, int, int]]:
    """Yield the weights of the rows of each kind, those of a start at midnight, how many starts
    they have and how many variants."""
    fin = pas != 48
    plat = np.ones((1, pas), np.int64)
    yield _socles(pas), 1, VARIANTES_DE_SOCLE
    yield (plat, 1, 1) if fin else (_eveils(), 1, VARIANTES_D_EVEIL)
    for fabrique, variantes, part in ((_matins, 128, 30), (_soirs, 256, 36), (_appareils, 32, 38)):
        # Large points have no meals: a row keeps their place.
        yield (plat, 1, 1) if fin else (_emousse(fabrique(variantes), part), DEPARTS, variantes)
    yield _blocs(pas // 48, 2 if fin else 8), DEPARTS, 2 if fin else 8
    yield _par_pas(_chauffages(8 if fin else 32), pas), 1, 8 if fin else 32
    yield _pompes(2 if fin else 4, pas), 1, 2 if fin else 4
    for sans_midi in (False, True):
        yield _par_pas(_plateaux(4, sans_midi=sans_midi), pas), DEPARTS, 4
    yield _par_pas(_machines(), pas), DEPARTS, 4
    yield _nuits(pas), 1, 1
    yield _doux(subkey(0xCA9, pas), 8, pas) * _nuit_capacitive(pas), 1, 8
    yield _soleils(pas), 1, 1


def _par_pas(rows: Entiers, pas: int) -> Entiers:
    """Return rows of five minutes by longer steps."""
    sommes: Entiers = rows.reshape(len(rows), pas, -1).sum(axis=2)
    return sommes


def _emousse(rows: Entiers, part: int) -> Entiers:
    """Return rows no step of which is much more than so many per cent of the whole."""
    most: Entiers = rows.sum(axis=1, keepdims=True) * part // 100
    return np.minimum(rows, most)


def _hasard(cle: int, *forme: int) -> Entiers:
    """Return numbers of [0, 4096) in this shape."""
    nombre = int(np.prod(forme))
    # Five numbers in each draw.
    tirages = draws(cle, np.arange(-(-nombre // 5), dtype=np.int64))[:, None] >> _DOUZE_BITS
    return (tirages & 4095).ravel()[:nombre].reshape(forme)


def _entre(cle: int, bas: int, haut: int, nombre: int) -> Entiers:
    return bas + _hasard(cle, nombre) * (haut - bas + 1) // 4096


def _doux(cle: int, nombre: int, pas: int) -> Entiers:
    return 256 + _hasard(cle, nombre, pas) * 60 // 4096 - 30


def _bruit_lent(cle: int, nombre: int, pas: int, periode: int, amplitude: int) -> Entiers:
    """Return a noise in [-amplitude, amplitude], linear between knots `periode` steps apart."""
    noeuds = _hasard(cle, nombre, pas // periode + 2) * (2 * amplitude) // 4096 - amplitude
    rangs = np.arange(pas)
    reste = rangs % periode
    gauche, droite = noeuds[:, rangs // periode], noeuds[:, rangs // periode + 1]
    return (gauche * (periode - reste) + droite * reste) // periode


def _impulsion(cle: int, rows: Entiers, debuts: Entiers, durees: Entiers, forces: Entiers) -> None:
    """Add to rows, shape (rows, steps), a pulse each: rough, its first and last steps cut short."""
    nombre, pas = rows.shape
    rangs = np.arange(pas)[None] - debuts[:, None]
    dedans = (rangs >= 0) & (rangs <= durees[:, None])
    bords = _hasard(cle, 2, nombre)
    bords[1] = 4096 - bords[0] * 7 // 8
    rude = 50 + _hasard(cle + 1, nombre, pas) * _hasard(cle + 2, nombre, pas) * 6 // 6000
    rude = np.where(rangs == 0, rude * (300 + bords[0][:, None]) // 4396, rude)
    rude = np.where(rangs == durees[:, None], rude * (200 + bords[1][:, None]) // 4296, rude)
    rows += np.where(dedans, rude * forces[:, None] // 1024, 0)


def _matins(nombre: int) -> Entiers:
    cle, rows = subkey(0x3A7, 1), np.zeros((nombre, 48), np.int64)
    _impulsion(cle, rows, _entre(cle + 3, 0, 1, nombre), _entre(cle + 4, 0, 2, nombre),
               _entre(cle + 5, 600, 1500, nombre))  # fmt: skip
    # A second one before noon or at noon, in two rows of three.
    forts = np.where(_hasard(cle + 6, nombre) > 1400, _entre(cle + 7, 100, 1050, nombre), 0)
    _impulsion(
        cle + 8, rows, _entre(cle + 11, 5, 15, nombre), _entre(cle + 12, 0, 3, nombre), forts
    )
    return rows


def _soirs(nombre: int) -> Entiers:
    cle, rows = subkey(0x501, 2), np.zeros((nombre, 48), np.int64)
    _impulsion(cle, rows, _entre(cle + 3, 0, 2, nombre), _entre(cle + 4, 0, 2, nombre),
               _entre(cle + 5, 1300, 2600, nombre))  # fmt: skip
    _impulsion(cle + 6, rows, _entre(cle + 9, 0, 3, nombre), _entre(cle + 10, 3, 7, nombre),
               _entre(cle + 11, 120, 480, nombre))  # fmt: skip
    forts = np.where(_hasard(cle + 12, nombre) > 2200, _entre(cle + 13, 300, 1700, nombre), 0)
    _impulsion(
        cle + 14, rows, _entre(cle + 17, 2, 7, nombre), _entre(cle + 18, 0, 1, nombre), forts
    )
    return rows


def _appareils(nombre: int) -> Entiers:
    cle, rows = subkey(0xA99, 3), np.zeros((nombre, 48), np.int64)
    _impulsion(cle, rows, _entre(cle + 3, 0, 1, nombre), _entre(cle + 4, 1, 3, nombre),
               _entre(cle + 5, 900, 1500, nombre))  # fmt: skip
    forts = np.where(_hasard(cle + 6, nombre) > 2600, _entre(cle + 7, 400, 1500, nombre), 0)
    _impulsion(cle + 8, rows, _entre(cle + 11, 3, 9, nombre), _entre(cle + 12, 0, 3, nombre), forts)
    return rows


def _socles(pas: int) -> Entiers:
    """Return the rows of each texture, one after the other."""
    n = VARIANTES_DE_SOCLE
    cle, demi = subkey(0x50C1E, pas), pas // 48
    # The small things of a large place balance each other.
    veille, petits = _veille(cle, n, pas), _petits(cle + 16, n, pas) * 2 // (1 + demi)
    marche = _compresseur(cle + 1, n, demi)
    cycles = veille * 4 // 5 + np.where(marche, 65, 0) + petits
    arrets = np.where(marche, 460, 6) + _hasard(cle + 5, n, pas) * 60 // 4096
    return np.concatenate([veille + petits, cycles, arrets, 1024 + _doux(cle + 7, n, pas)])


def _eveils() -> Entiers:
    """Return, for each of `EVEILS`, rows of what stands by and of what is on while somebody is up,
    then the same with a compressor."""
    n, rangs, rows = VARIANTES_D_EVEIL, np.arange(48), []
    for rang, heures in enumerate(EVEILS):
        cle = subkey(0xE7E1, rang)
        debout = sum(((rangs >= debut) & (rangs < fin)) * 100 for debut, fin in heures)
        # Not at the same moment each day.
        debout = (debout + np.roll(debout, 1) + np.roll(debout, -1)) // 3
        vif = _hasard(cle + 201, n, 48) * _hasard(cle + 202, n, 48) >> 12
        eveil = 32 + _bruit_lent(cle + 200, n, 48, 4, 30) + vif * 330 // 1024
        veille = _veille(cle, n, 48) + debout * eveil // 100
        veille += _petits(cle + 16, n, 48) * (debout + 15) // 100
        rows += [veille, veille * 4 // 5 + np.where(_compresseur(cle + 1, n, 1), 65, 0)]
    return np.concatenate(rows)


def _veille(cle: int, n: int, pas: int) -> Entiers:
    vif = _hasard(cle + 6, n, pas)
    lent = _bruit_lent(cle, n, pas, pas // 8, 20)
    veille: Entiers = 182 + lent + (vif * vif >> 12) * 180 // 4096
    return veille


def _petits(cle: int, n: int, pas: int) -> Entiers:
    """Return rows of four small things that stay on for a while."""
    petits = np.zeros((n, pas), np.int64)
    for ici in range(cle, cle + 64, 16):
        durees, force = _entre(ici, 0, pas // 8, n), _entre(ici + 1, 10, 220, n)
        _impulsion(ici + 4, petits, _entre(ici + 2, 0, pas - 1, n), durees, force * force // 280)
    return petits


def _compresseur(cle: int, n: int, demi: int) -> NDArray[np.bool_]:
    """Return when a compressor is on, for a period and a share of its own: in and out of step with
    the half-hours."""
    rangs = np.arange(48 * demi)[None]
    periode = _entre(cle, 30, 110, n)[:, None] * demi
    phase = (rangs * 40 + _hasard(cle + 1, n, 1)) % np.maximum(periode, 1)
    marche: NDArray[np.bool_] = phase * 4096 < periode * _entre(cle + 2, 1400, 2600, n)[:, None]
    return marche


def _blocs(demi: int, variantes: int) -> Entiers:
    """Return rows for each of `DUREES`: the second of two is interrupted, and goes on later."""
    cle = subkey(0xB10C, demi)
    durees = np.repeat(np.array(DUREES) * demi, variantes)
    n = len(durees)
    zero, rangs = np.zeros(n, np.int64), np.arange(48 * demi)[None]
    # It starts some minutes after the hour, ends when it is done, and stops now and then.
    creux = _hasard(cle, n, 48 * demi)
    rows = np.where(rangs <= durees[:, None], 4096 - (creux * creux >> 12) * 7 // 8, 0)
    rows[:, 0] = rows[:, 0] * (1300 + _hasard(cle + 4, n) * 5 // 8) // 4096
    derniers = rangs == durees[:, None]
    rows = np.where(derniers, rows * _hasard(cle + 3, n)[:, None] // 4096, rows)
    trou = np.arange(48 * demi)[None] == (durees * 5 // 8)[:, None]
    rows[1::2] = np.where(trou[1::2], rows[1::2] // 3, rows[1::2])
    suites = np.zeros_like(rows)
    _impulsion(cle + 5, suites, durees + _entre(cle + 8, 1, 22, len(rows)) * demi,
               zero + demi, _entre(cle + 9, 150, 700, len(rows)))  # fmt: skip
    rows[1::2] += suites[1::2]
    return rows


def _chauffages(variantes: int) -> Entiers:
    """Return rows for each habit of heating and each delay."""
    rangs, cle = np.arange(_FIN) // 6, subkey(0xC4A, 1)

    def entre(debut: int, fin: int) -> NDArray[np.bool_]:
        return (rangs - debut) % 48 < (fin - debut) % 48

    niveaux = (
        np.full(_FIN, 100),
        np.where(entre(12, 44), 110, 36),
        np.where(entre(11, 18), 140, np.where(entre(33, 46), 125, 42)),
        np.where(entre(12, 46), 100, 54),
        np.where(entre(31, 46), 130, 40),
        np.where(entre(46, 15), 140, 24),
    )
    rows = []
    for habitude, niveau in enumerate(niveaux):
        for retard in range(DECALAGES_DE_CHAUFFE):
            ici = np.roll(niveau, (retard - 2) * 6)
            ici = np.where(ici > np.roll(ici, 6), ici * 9 // 8, ici)
            suite = DECALAGES_DE_CHAUFFE * habitude + retard
            rows.append(_thermostats(cle + 64 * suite, variantes, ici))
    return np.concatenate(rows)


def _thermostats(cle: int, nombre: int, niveau: Entiers, pieces: int = 3) -> Entiers:
    """Return rows of so many rooms whose heaters are on, then off: a cycle lasts 30 to 60 minutes,
    and they are on for a part of it that `niveau` sets."""
    rangs, rows = np.arange(_FIN, dtype=np.int32)[None], np.zeros((nombre, _FIN), np.int64)
    niveau = niveau.astype(np.int32)
    for piece in range(pieces):
        ici = cle + 8 * piece
        cycle = _entre(ici, 6, 12, nombre)[:, None].astype(np.int32)
        phase = (rangs + _entre(ici + 1, 0, 11, nombre)[:, None].astype(np.int32)) % cycle
        marche = np.clip((niveau * cycle * 99 >> 8) - (phase << 6), 0, 64)
        rows += marche * _entre(ici + 2, 120, 360, nombre)[:, None]
    # Doors, the sun, those who are there: by half-hours.
    rude = np.repeat(_hasard(cle + 40, nombre, 48), 6, axis=1)
    rude = 205 + (rude * 100 >> 12) + _bruit_lent(cle + 32, nombre, _FIN, 36, 50)
    return (rows * rude >> 8) + 40


def _pompes(variantes: int, pas: int) -> Entiers:
    """Return rows for each pair of `PENTES`: from one to the other, more before dawn, less by
    day."""
    cle = subkey(0x90F, 1)
    debut, fin = (
        np.repeat(pentes, variantes)[:, None]
        for pentes in (np.repeat(PENTES, len(PENTES)), np.tile(PENTES, len(PENTES)))
    )
    n = len(debut)
    milieu = np.maximum(200 - (debut + fin) // 2, 20)
    rangs, moitie = np.arange(pas)[None], pas // 2
    niveau = np.where(
        rangs < moitie,
        debut * (moitie - rangs) + milieu * rangs,
        milieu * (pas - rangs) + fin * (rangs - moitie),
    )
    heures, part = np.array(_HEURES_DE_POMPE), np.arange(pas // 24)
    suite = np.roll(heures, -1)
    jour = (heures[:, None] * (pas // 24 - part) + suite[:, None] * part).ravel()
    bruit = _bruit_lent(cle, n, pas, pas // 12, 30) + _bruit_lent(cle + 1, n, pas, pas // 48, 60)
    rows: Entiers = niveau * jour * (256 + bruit) >> 12
    return rows


_HEURES_DE_POMPE = (
    108, 109, 110, 111, 112, 113, 113, 110, 105, 99, 95, 92, 90, 89, 88, 89, 91, 94, 97, 100, 102,
    104, 106, 107,
)  # fmt: skip


def _plateaux(variantes: int, *, sans_midi: bool) -> Entiers:
    """Return rows for each of `OUVERTURES`: a ramp, a level that moves, an end, at minutes that are
    never quite the same."""
    cle = subkey(0x91A, 2 + sans_midi)
    durees = np.repeat(np.array(OUVERTURES) * 6, variantes)[:, None]
    rangs, n = np.arange(_FIN)[None], len(OUVERTURES) * variantes
    rows: Entiers = 256 + _bruit_lent(cle, n, _FIN, 24, 26)
    rows += _bruit_lent(cle + 1, n, _FIN, 6, 16)
    rows += _hasard(cle + 6, n, _FIN) * 20 // 4096
    ouvre = _entre(cle + 4, 0, 8, n)[:, None]
    ferme = durees + _entre(cle + 5, -5, 4, n)[:, None]
    # Up in half an hour or in one and a half, down the same.
    rampe = _entre(cle + 2, 5, 18, n)[:, None]
    monte = np.clip(rangs + 1 - ouvre, 0, rampe) * 256 // rampe
    descend = np.clip(ferme - rangs, 0, rampe) * 256 // rampe
    rows = rows * monte * descend >> 16
    if sans_midi:
        midi = (rangs >= durees * 40 // 100 + ouvre) & (rangs < durees * 40 // 100 + 18)
        rows = np.where(midi, rows * _entre(cle + 3, 60, 180, n)[:, None] >> 8, rows)
    return rows


def _machines() -> Entiers:
    """Return four rows for each of `JOURNEES_DE_MACHINES`: three machines that start and stop."""
    n, cle = 4 * len(JOURNEES_DE_MACHINES), subkey(0x3AC, 1)
    fenetres = np.repeat(np.array(JOURNEES_DE_MACHINES) * 6, 4)
    rows, rangs = np.zeros((n, _FIN), np.int64), np.arange(_FIN)[None]
    for machine in range(5):
        ici = cle + 16 * machine
        debuts = fenetres * _hasard(ici, n) // 4096
        longueurs = np.maximum(fenetres * _hasard(ici + 1, n) // (4 * 4096), 3)
        dedans = (rangs >= debuts[:, None]) & (rangs < (debuts + longueurs)[:, None])
        rows += np.where(dedans, _entre(ici + 2, 300, 2200, n)[:, None], 0)
    rude = 240 + _bruit_lent(cle + 96, n, _FIN, 6, 14) + _hasard(cle + 97, n, _FIN) * 20 // 4096
    return rows * rude // 256


def _nuits(pas: int) -> Entiers:
    """Return, for each kind of month, lighting all night, then lighting that is cut at midnight."""
    milieux = (np.arange(pas, dtype=np.int64) * 2 + 1) * 720 // pas
    nuits = []
    for lever, coucher in LEVER_COUCHER:
        # Steps in which the light goes on or off are lit for a part of them.
        large = 1440 // pas
        eteint = np.clip(milieux + large // 2 - lever + 10, 0, large) * (milieux < 720)
        allume = np.clip(milieux + large // 2 - coucher - 10, 0, large) * (milieux >= 720)
        nuits.append(np.where(milieux < 720, large - eteint, allume))
    toutes = np.stack(nuits)
    coupees = np.where((milieux >= 330) & (milieux < 1410), toutes, 0)
    return np.concatenate([toutes, np.where(coupees.any(axis=1, keepdims=True), coupees, toutes)])


def _nuit_capacitive(pas: int) -> Entiers:
    heures = np.arange(pas) * 24 // pas
    return np.where(
        (heures < 5) | (heures >= 23), 100, np.where((heures == 5) | (heures == 22), 40, 0)
    )


def _soleils(pas: int) -> Entiers:
    """Return, for each kind of month and orientation, `CIELS` rows, zero at night."""
    milieux = (np.arange(pas, dtype=np.int64) * 2 + 1) * 720 // pas
    couvert = np.arange(CIELS)[::-1, None]
    rows = []
    for rang, (lever, coucher) in enumerate(LEVER_COUCHER):
        cloche = np.maximum((milieux - lever) * (coucher - milieux), 0)
        cote = (2 * milieux - lever - coucher) * 100 // (coucher - lever)
        for tour, penche in enumerate(ORIENTATIONS):
            cle = subkey(0x501E11, rang * len(ORIENTATIONS) + tour)
            nuages = (
                _bruit_lent(cle, CIELS, pas, pas // 24, 110) + _hasard(cle + 1, CIELS, pas) // 36
            )
            ici = cloche * np.maximum(100 + penche * cote // 100, 12) // 100
            rows.append(ici * np.maximum(256 + (nuages - 56) * couvert // 24, 14))
    return np.concatenate(rows)


LEVER_COUCHER = (
    (510, 1035), (470, 1085), (420, 1115), (440, 1215), (385, 1260), (355, 1295), (370, 1290),
    (410, 1245), (450, 1185), (490, 1130), (460, 1025), (505, 1010), (430, 1185), (440, 1050),
)  # fmt: skip
"""Minutes of legal time of sunrise and sunset, mid-month, middle of France (assumed)."""
