"""Rows that follow the sun: what plants give, and when streets are lit.

When the sun rises and sets is astronomy; the rest is plausible, not measured (assumed).
"""

from typing import NamedTuple

import numpy as np

from sge_sim.clock import FIN_DES_JOURS, PREMIER_JOUR
from sge_sim.mesures.alea import subkey
from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.hasard import RowStream, join_knots
from sge_sim.mesures.tableaux import Entiers, EntiersCourts, common_table, read_facts

CIELS = 6
"""Skies of a solar plant, from overcast to clear."""
ORIENTATIONS = (-80, -40, 0, 40, 80)
"""How much more a plant gives after noon than before, per cent."""
_COUVERTS = np.array((31, 25, 18, 12, 6, 1))
"""How much clouds move, by sky, of 24."""

_PLEIN = 256
"""What a plant gives on a clear day."""
_PAS_DU_SOLEIL, _MARGE = 20, 10
"""Minutes of legal time to which the sun rises later and sets earlier than it does, and those that
it is too low to count: no point is as far from its prefecture."""
_JOURS_DU_SOLEIL, _SUD, _DEGRES = 10, 4100, 200
"""Days, and hundredths of a degree of latitude, between two entries of `soleil` in `lieux.yaml`;
the first latitude."""


class Soleils(NamedTuple):
    """`levers` and `couchers`: minutes of legal time between which a plant may give something, each
    pair that is met; `rangs`: shape (places, days), that of each day."""

    levers: Entiers
    couchers: Entiers
    rangs: EntiersCourts


@common_table
def soleils() -> Soleils:
    """Return when the sun shines, by place: 10 to 30 minutes after it rises and before it sets, by
    the legal time of noon."""
    table, lus = calendrier(), read_facts("lieux")
    ete = table.decalages // 3600 + 23 - table.heures
    jours = np.arange(np.datetime64(PREMIER_JOUR), np.datetime64(FIN_DES_JOURS))
    jours = (jours - jours.astype("datetime64[Y]")).astype(np.int64)
    par_jour = join_knots(np.array(lus["soleil"]).T * 10, np.arange(366), _JOURS_DU_SOLEIL)
    paires, pas, marge = [], 100 * _PAS_DU_SOLEIL, 100 * _MARGE
    for _, nord, est, _ in lus["lieux"].values():
        moitie = join_knots(par_jour[1:].T, np.array([round(100 * nord) - _SUD]), _DEGRES)[:, 0]
        midi = 100 * np.array([[780], [840]]) - round(400 * est) - par_jour[0]
        lever, coucher = -((moitie - marge - midi) // pas), (midi + moitie - marge) // pas
        paires.append((lever << 8 | coucher)[ete, jours])
    toutes = np.stack(paires)
    vues = np.bincount(toutes.ravel()) > 0
    levers, couchers = np.divmod(vues.nonzero()[0], 256)
    rangs = (vues.cumsum() - 1).astype(np.int16)[toutes]
    tables = Soleils(levers * _PAS_DU_SOLEIL, couchers * _PAS_DU_SOLEIL, rangs)
    for tableau in tables:
        tableau.setflags(write=False)
    return tables


def draw_nuits(pas: int) -> Entiers:
    """Return, for each kind of month, lighting all night, then lighting that is cut at midnight."""
    milieux = (np.arange(pas, dtype=np.int64) * 2 + 1) * 720 // pas
    nuits = []
    for lever, coucher in read_facts("dessins")["soleil"]:
        # Steps in which the light goes on or off are lit for a part of them.
        large = 1440 // pas
        eteint = np.clip(milieux + large // 2 - lever + 10, 0, large) * (milieux < 720)
        allume = np.clip(milieux + large // 2 - coucher - 10, 0, large) * (milieux >= 720)
        nuits.append(np.where(milieux < 720, large - eteint, allume))
    toutes = np.stack(nuits)
    coupees = np.where((milieux >= 330) & (milieux < 1410), toutes, 0)
    return np.concatenate([toutes, np.where(coupees.any(axis=1, keepdims=True), coupees, toutes)])


def draw_soleils(pas: int, variantes: int) -> Entiers:
    """Return, for each pair of `Soleils`, sky and orientation, so many rows, zero at night."""
    milieux = np.arange(2, 1440, 5)
    levers, couchers = (bornes[:, None] for bornes in soleils()[:2])
    cote = (2 * milieux - levers - couchers) * 100 // (couchers - levers)
    # In summer the sun rises and sets behind the panels.
    derriere = np.clip(couchers - levers - 480, 0, 480) * cote**2 // 480
    cloche = np.maximum((milieux - levers) * (couchers - milieux), 0) * (10_000 - derriere)
    penches = np.maximum(100 + np.array(ORIENTATIONS)[:, None] * cote[:, None] // 100, 12)
    cloche = (cloche // 10_000)[:, None] * penches
    cloche = cloche.reshape(*cloche.shape[:2], pas, -1).sum(axis=3) // 100
    stream, nombre = RowStream(subkey(0x501E11, pas)), CIELS * len(ORIENTATIONS) * variantes
    nuages = stream.slow(nombre, pas, pas // 24, 110) + stream.uniform(nombre, pas) // 36 - 56
    nuages = nuages.reshape(CIELS, len(ORIENTATIONS), variantes, pas)
    clarte = np.maximum(_PLEIN + nuages * _COUVERTS[:, None, None, None] // 24, 14)
    rows: Entiers = cloche[:, None, :, None] * clarte
    return rows.reshape(-1, pas)
