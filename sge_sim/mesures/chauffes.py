"""How the rows of heating are drawn: what is on, then off, and what follows the weather.

All is plausible, not measured (assumed).
"""

import numpy as np

from sge_sim.mesures.alea import subkey
from sge_sim.mesures.hasard import FRACTION, RowStream
from sge_sim.mesures.tableaux import Entiers, read_facts

CHAUFFES = 6
"""Habits of heating: always, by day, morning and evening, little at night, evening, by night."""
DECALAGES_DE_CHAUFFE = 6
"""Half-hours by which a habit of heating may come later than usual."""
PENTES = (50, 60, 70, 80, 90, 100, 112, 125, 140, 160, 185, 220)
"""What a day begins or ends with, per cent of its mean, where heat follows the weather."""
FIN = 288
"""Steps of five minutes in which rows are drawn whose edges fall at any minute."""
PLEIN = 256
"""A level of 1, in rows that move around it."""
_RIEN = 40
"""What next to nothing is."""
_TIEDES, _TIEDES_REDUITS, _REDUIT = 250, 860, 64
"""Half-hours, of `UN`, in which a dwelling is warm enough; the same where less than this level is
wanted."""


def draw_chauffages(variantes: int) -> Entiers:
    """Return rows for each habit of heating and each delay."""
    rangs, stream, rows = np.arange(FIN) // 6, RowStream(subkey(0xC4A, 1)), []
    for habitude, (base, parties) in enumerate(read_facts("dessins")["chauffages"]):
        niveau = np.full(FIN, base)
        for debut, fin, per_cent in parties:
            niveau[(rangs - int(2 * debut)) % 48 < int(2 * fin - 2 * debut) % 48] = per_cent
        for retard in range(DECALAGES_DE_CHAUFFE):
            ici = np.roll(niveau, (retard - 2) * 6)
            ici = np.where(ici > np.roll(ici, 6), ici * 9 // 8, ici)
            suite = stream.at(64 * (DECALAGES_DE_CHAUFFE * habitude + retard))
            tiede = np.where(ici[::6] < _REDUIT, _TIEDES_REDUITS, _TIEDES)
            tiedes = np.repeat(suite.at(48).uniform(variantes, 48) < tiede, 6, axis=1)
            rows.append(np.where(tiedes, _RIEN, draw_thermostats(suite, variantes, ici)))
    return np.concatenate(rows)


def draw_thermostats(stream: RowStream, nombre: int, niveau: Entiers, pieces: int = 7) -> Entiers:
    """Return rows of so many rooms whose heaters are on, then off: a cycle lasts 30 to 60 minutes,
    and they are on for a part of it that `niveau` sets."""
    rangs, rows = np.arange(FIN, dtype=np.int32), np.zeros((nombre, FIN), np.int64)
    niveau = niveau.astype(np.int32)
    for piece in range(pieces):
        ici = stream.at(8 * piece)
        cycle = ici.between(6, 12, nombre, 1).astype(np.int32)
        phase = (rangs + ici.between(0, 11, nombre, 1).astype(np.int32)) % cycle
        marche = np.clip((niveau * cycle * 99 >> 8) - (phase << 6), 0, 64)
        rows += marche * ici.between(120, 360, nombre, 1)
    # Doors, the sun, those who are there: by half-hours.
    rude = np.repeat(stream.at(40).uniform(nombre, 48), 6, axis=1) * 60 >> FRACTION
    rude += 226 + stream.at(32).slow(nombre, FIN, 36, 40)
    return (rows * rude >> 8) + 40


def draw_pompes(variantes: int, pas: int) -> Entiers:
    """Return rows for each pair of `PENTES`: from one to the other, more before dawn, less by
    day."""
    stream = RowStream(subkey(0x90F, 1))
    debut, fin = (
        np.repeat(pentes, variantes)[:, None]
        for pentes in (np.repeat(PENTES, len(PENTES)), np.tile(PENTES, len(PENTES)))
    )
    n = len(debut)
    milieu = np.maximum(200 - (debut + fin) // 2, 20)
    rangs, moitie = np.arange(pas), pas // 2
    niveau = np.where(
        rangs < moitie,
        debut * (moitie - rangs) + milieu * rangs,
        milieu * (pas - rangs) + fin * (rangs - moitie),
    )
    heures, part = np.array(read_facts("dessins")["pompe"])[:, None], np.arange(pas // 24)
    jour = (heures * (pas // 24 - part) + np.roll(heures, -1) * part).ravel()
    bruit = stream.slow(n, pas, pas // 12, 30) + stream.slow(n, pas, pas // 48, 60)
    rows: Entiers = niveau * jour * (PLEIN + bruit) >> FRACTION
    return rows
