"""How the rows of each kind of use are drawn: weights by step, which a bank makes running sums of.

All is plausible, not measured (assumed).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.alea import subkey
from sge_sim.mesures.chauffes import FIN, PLEIN, draw_chauffages, draw_pompes
from sge_sim.mesures.hasard import FRACTION, UN, Fourchette, RowStream
from sge_sim.mesures.soleil import draw_nuits, draw_soleils
from sge_sim.mesures.tableaux import Entiers, read_facts

DEPARTS = 72
AVANCE = 12
"""Starts of a kind, by half-hour, and how many of them are before midnight: a habit is in [0, 48),
what a day adds to it stays within the rest."""

DUREES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20)
"""Half-hours of a `BLOC` or of a `CONTACT`."""
CONTACTS = 6
"""Parts of a half-hour that are told apart when a contact closes within it: who starts then has so
many of them left."""
OUVERTURES = (8, 11, 14, 17, 19, 21, 23, 26, 30, 36)
"""Half-hours of a place that is open."""
JOURNEES_DE_MACHINES = (8, 18, 30)
"""Half-hours in which equipment starts and stops."""
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
VARIANTES_D_EVEIL = 256
_FORCE = 1024
"""A pulse of force 1 weighs about as much as a uniform number."""


_RARES, _RIEN = 112, 40
"""Half-hours, of `UN`, in which next to nothing of what never stops runs, and what that is."""
_SOIREE = (33, 42)
"""Half-hours of an evening."""
_FOND, _LE_SOIR, _LE_JOUR, _BOUFFEES = 8, 146, 12, 50
"""Per cent of what stands by that is in the rows of somebody who is up; of what is on in the
evening and by day; of the bursts of a day, one half-hour in four (assumed)."""
_COMPRESSEUR, _ARRETS, _VIF, _LISSE, _RARE, _PETITS, _EVEIL = 1, 5, 6, 7, 8, 16, 200
"""Where what a standing load draws begins in its stream, after its slow noise."""
_CAPACITIF_PAR_HEURE = (100,) * 5 + (40,) + (0,) * 16 + (40, 100)
"""How much of its capacitors nothing balances at each hour, per cent (assumed)."""


def sortes(pas: int) -> Iterator[tuple[Entiers, int, int]]:
    """Yield the weights of the rows of each kind, those of a start at midnight, how many starts
    they have and how many variants."""
    fin = pas != 48
    plat = np.ones((1, pas), np.int64)
    yield _socles(pas), 1, VARIANTES_DE_SOCLE
    yield (plat, 1, 1) if fin else (_eveils(), 1, VARIANTES_D_EVEIL)
    for forme in read_facts("dessins")["impulsions"].values():
        # Large points have no meals: a row keeps their place.
        yield (plat, 1, 1) if fin else (_pulses(**forme), DEPARTS, forme["variantes"])
    yield _blocs(pas // 48, 2 if fin else 8), DEPARTS, 2 if fin else 8
    yield _sum_steps(draw_chauffages(8 if fin else 128), pas), 1, 8 if fin else 128
    yield draw_pompes(2 if fin else 24, pas), 1, 2 if fin else 24
    for sans_midi in (False, True):
        yield _sum_steps(_plateaux(6, sans_midi=sans_midi), pas), DEPARTS, 6
    yield _sum_steps(_machines(8), pas), DEPARTS, 8
    yield draw_nuits(pas), 1, 1
    nuit = np.repeat(_CAPACITIF_PAR_HEURE, pas // 24)
    yield _doux(RowStream(subkey(0xCA9, pas)), 8, pas) * nuit, 1, 8
    yield (plat, 1, 1) if fin else (_contacts(6), DEPARTS, 6)
    variantes = 3 if fin else 8
    yield draw_soleils(pas, variantes), 1, variantes


def _sum_steps(rows: Entiers, pas: int) -> Entiers:
    """Return rows of five minutes by longer steps."""
    sommes: Entiers = rows.reshape(len(rows), pas, -1).sum(axis=2)
    return sommes


def _doux(stream: RowStream, nombre: int, pas: int) -> Entiers:
    """Return rows that hardly move."""
    return PLEIN + stream.uniform(nombre, pas) * 60 // UN - 30


def _add_pulse(
    stream: RowStream,
    rows: Entiers,
    debuts: Entiers | Fourchette,
    durees: Entiers | Fourchette,
    forces: Entiers | Fourchette,
) -> None:
    """Add to rows, shape (rows, steps), a pulse each: rough, its first and last steps cut short.
    What is given by its bounds is drawn for each row."""
    nombre, pas = rows.shape
    bords = stream.uniform(nombre)[:, None]
    rude = 50 + stream.uniform(nombre, pas) * stream.uniform(nombre, pas) // 1000
    debut, duree, force = (
        (stream.between(*of, nombre) if isinstance(of, tuple) else of)[:, None]
        for of in (debuts, durees, forces)
    )
    rangs = np.arange(pas) - debut
    rude = np.where(rangs == 0, rude * (300 + bords) // (300 + UN), rude)
    rude = np.where(rangs == duree, rude * (200 + UN - bords * 7 // 8) // (200 + UN), rude)
    rows += np.where((rangs >= 0) & (rangs <= duree), rude * force // _FORCE, 0)


def _pulses(graine: list[int], variantes: int, largest: int, impulsions: list[Any]) -> Entiers:
    """Return the rows of a use that are pulses."""
    stream = RowStream(subkey(*graine))
    rows = np.zeros((variantes, 48), np.int64)
    for debut, duree, bornes, absente in impulsions:
        forces: Entiers | Fourchette = tuple(bornes)
        if absente:
            presentes = stream.uniform(variantes) > absente
            forces = np.where(presentes, stream.between(*bornes, variantes), 0)
        _add_pulse(stream, rows, tuple(debut), tuple(duree), forces)
    most: Entiers = rows.sum(axis=1, keepdims=True) * largest // 100
    return np.minimum(rows, most)


def _permanence(pas: int, nom: str) -> Any:
    return read_facts("dessins")["permanences"][str(pas)][nom]


def _socles(pas: int) -> Entiers:
    """Return the rows of each texture, one after the other."""
    n = VARIANTES_DE_SOCLE
    stream = RowStream(subkey(0x50C1E, pas))
    veille, marche = _veille(stream, n, pas), _compresseur(stream, n, pas)
    petits = _petits(stream, n, pas) * _permanence(pas, "petits") // 1000
    cycles = veille * 4 // 5 + marche * _permanence(pas, "compresseur") + petits
    arrets = np.where(marche, 460, 6) + stream.at(_ARRETS).uniform(n, pas) * 60 // UN
    lisse = 4 * PLEIN + _doux(stream.at(_LISSE), n, pas)
    if pas == 48:
        rares = stream.at(_RARE).uniform(n, pas) < _RARES
        veille, cycles = (np.where(rares, _RIEN, rows) for rows in (veille, cycles))
    return np.concatenate([veille + petits, cycles, arrets, lisse])


def _eveils() -> Entiers:
    """Return, for each of `EVEILS`, rows of what is on while somebody is up: bursts, few by day,
    many in the evening."""
    n, rangs, rows = VARIANTES_D_EVEIL, np.arange(48), []
    soir = (rangs >= _SOIREE[0]) & (rangs < _SOIREE[1])
    for rang, heures in enumerate(EVEILS):
        stream = RowStream(subkey(0xE7E1, rang))
        debout = sum(((rangs >= debut) & (rangs < fin)) * 100 for debut, fin in heures)
        # Not at the same moment each day.
        debout = (debout + np.roll(debout, 1) + np.roll(debout, -1)) // 3
        eveil = stream.at(_EVEIL)
        niveau = (32 + eveil.slow(n, 48, 4, 30)) * np.where(soir, _LE_SOIR, _LE_JOUR) // 100
        vif = eveil.uniform(n, 48) * eveil.uniform(n, 48) >> FRACTION
        vif = vif * eveil.uniform(n, 48) >> FRACTION
        rares = np.where(eveil.uniform(n, 48) > UN * 3 // 4, 2 * vif, 0) * _BOUFFEES
        niveau += np.where(soir, np.minimum(vif * 3 // 4, 750) * _LE_SOIR, rares) // 100
        ici = _veille(stream, n, 48) * _FOND + debout * niveau
        ici += _petits(stream, n, 48) * (debout + 3)
        # None of them is most of a day.
        rows.append(np.minimum(ici, ici.sum(axis=1, keepdims=True) * 16 // 100))
    return np.concatenate(rows)


def _veille(stream: RowStream, n: int, pas: int) -> Entiers:
    """Return rows of what stands by."""
    vif = stream.at(_VIF).uniform(n, pas)
    rows: Entiers = (vif * vif >> FRACTION) * _permanence(pas, "vif") // UN
    return 182 + stream.at(0).slow(n, pas, pas // 8, 20) + rows


def _petits(stream: RowStream, n: int, pas: int) -> Entiers:
    """Return rows of four small things that stay on for a while."""
    petits = np.zeros((n, pas), np.int64)
    for rang in range(4):
        ici = stream.at(_PETITS + 16 * rang)
        durees, force = ici.between(0, pas // 8, n), ici.between(10, 220, n)
        debuts = ici.between(0, pas - 1, n)
        _add_pulse(ici.at(4), petits, debuts, durees, force * force // 280)
    return petits


def _compresseur(stream: RowStream, n: int, pas: int) -> NDArray[np.bool_]:
    """Return when a compressor is on, for a period and a share of its own: in and out of step with
    the half-hours."""
    ici, demi = stream.at(_COMPRESSEUR), pas // 48
    periode = ici.between(30, 110, n, 1) * demi
    phase = (np.arange(pas) * 40 + ici.uniform(n, 1)) % periode
    part = ici.between(*_permanence(pas, "marche"), n, 1)
    marche: NDArray[np.bool_] = phase * UN < periode * part
    return marche


def _blocs(demi: int, variantes: int) -> Entiers:
    """Return rows for each of `DUREES`: the second of two is interrupted, and goes on later."""
    stream = RowStream(subkey(0xB10C, demi))
    durees = np.repeat(np.array(DUREES) * demi, variantes)
    n, fin = len(durees), durees[:, None]
    # It starts some minutes after the hour.
    suite = stream.at(3)
    rows = _tenues(stream, fin, suite.uniform(n, 1), 48 * demi)
    rows[:, 0] = rows[:, 0] * (1300 + suite.uniform(n) * 5 // 8) // UN
    _interrupt(suite, stream.at(8), rows, durees, demi, 22)
    return rows


def _contacts(variantes: int) -> Entiers:
    """Return rows for each of `DUREES` and of `CONTACTS`: no more in the first half-hour than what
    is left of it takes."""
    stream, suite = RowStream(subkey(0xC1C, 1)), RowStream(subkey(0xC1C, 2))
    durees, parts, _ = np.indices((len(DUREES), CONTACTS, variantes)).reshape(3, -1)
    # It starts within a quarter of an hour.
    parts = parts[:, None] + 1
    retards = np.minimum(parts, CONTACTS // 2) * suite.uniform(len(parts), 1)
    premiers = (parts * UN - retards) // CONTACTS
    fins = np.array(DUREES)[durees, None]
    # What isn't taken in the first half-hour is taken in the last.
    rows = _tenues(stream, fins, UN - premiers, 48)
    rows[:, :1] = premiers
    _interrupt(suite, suite.at(8), rows, fins[:, 0], 1, 9)
    return rows


def _interrupt(
    bruit: RowStream, stream: RowStream, rows: Entiers, durees: Entiers, demi: int, most: int
) -> None:
    """Interrupt the second of two rows, and have it go on later, within so many half-hours."""
    impairs, n, rangs = slice(1, None, 2), len(rows), np.arange(rows.shape[1])
    trou = (rangs == (durees * 5 // 8)[:, None])[impairs]
    rows[impairs] = np.where(trou, rows[impairs] // 3, rows[impairs])
    suites = np.zeros_like(rows)
    debuts, forces = durees + stream.between(1, most, n) * demi, stream.between(150, 700, n)
    _add_pulse(bruit, suites, debuts, np.full(n, demi), forces)
    rows[impairs] += suites[impairs]


def _tenues(stream: RowStream, fins: Entiers, derniers: Entiers, pas: int) -> Entiers:
    """Return rows of a power that is held, but stops now and then, and of which so much is left, of
    `UN`, in the step in which it is done."""
    rangs, creux = np.arange(pas), stream.uniform(len(fins), pas)
    rows = np.where(rangs <= fins, UN - (creux * creux >> FRACTION) * 7 // 8, 0)
    return np.where(rangs == fins, rows * derniers // UN, rows)


def _plateaux(variantes: int, *, sans_midi: bool) -> Entiers:
    """Return rows for each of `OUVERTURES`: a ramp, a level that moves, an end, at minutes that are
    never quite the same."""
    stream = RowStream(subkey(0x91A, 2 + sans_midi))
    durees = np.repeat(np.array(OUVERTURES) * 6, variantes)[:, None]
    rangs, n = np.arange(FIN), len(OUVERTURES) * variantes
    lent, vif = stream.slow(n, FIN, 24, 26), stream.slow(n, FIN, 6, 16)
    # Up in half an hour or in one and a half, down the same.
    rampe, a_midi = stream.between(5, 18, n, 1), stream.between(60, 180, n, 1)
    ouvre, ferme = stream.between(0, 8, n, 1), durees + stream.between(-5, 4, n, 1)
    rows: Entiers = PLEIN + lent + vif + stream.uniform(n, FIN) * 20 // UN
    monte = np.clip(rangs + 1 - ouvre, 0, rampe) * PLEIN // rampe
    descend = np.clip(ferme - rangs, 0, rampe) * PLEIN // rampe
    rows = rows * monte * descend // PLEIN**2
    if sans_midi:
        midi = (rangs >= durees * 40 // 100 + ouvre) & (rangs < durees * 40 // 100 + 18)
        rows = np.where(midi, rows * a_midi // PLEIN, rows)
    return rows


def _machines(variantes: int) -> Entiers:
    """Return rows for each of `JOURNEES_DE_MACHINES`: five machines that start and stop."""
    n, stream = variantes * len(JOURNEES_DE_MACHINES), RowStream(subkey(0x3AC, 1))
    fenetres = np.repeat(np.array(JOURNEES_DE_MACHINES) * 6, variantes)[:, None]
    rows, rangs = np.zeros((n, FIN), np.int64), np.arange(FIN)
    for machine in range(5):
        ici = stream.at(16 * machine)
        debuts = fenetres * ici.uniform(n, 1) // UN
        fins = debuts + np.maximum(fenetres * ici.uniform(n, 1) // (4 * UN), 3)
        forces = ici.between(300, 2200, n, 1)
        rows += np.where((rangs >= debuts) & (rangs < fins), forces, 0)
    rude = stream.at(96)
    lent, vif = rude.slow(n, FIN, 6, 14), rude.uniform(n, FIN) * 20 // UN
    return rows * (240 + lent + vif) // PLEIN
