"""Rows that follow the sun: what plants give, and when streets are lit.

All is plausible, not measured (assumed).
"""

import numpy as np

from sge_sim.mesures.alea import subkey
from sge_sim.mesures.hasard import RowStream
from sge_sim.mesures.tableaux import Entiers

CIELS = 32
"""Skies of a solar plant, from overcast to clear."""
ORIENTATIONS = (-80, -40, 0, 40, 80)
"""How much more a plant gives after noon than before, per cent."""

LEVER_COUCHER = (
    (510, 1035), (470, 1085), (420, 1115), (440, 1215), (385, 1260), (355, 1295), (370, 1290),
    (410, 1245), (450, 1185), (490, 1130), (460, 1025), (505, 1010), (430, 1185), (440, 1050),
)  # fmt: skip
"""Minutes of legal time of sunrise and sunset, mid-month, middle of France (assumed)."""
_PLEIN = 256
"""What a plant gives on a clear day."""


def draw_nuits(pas: int) -> Entiers:
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


def draw_soleils(pas: int) -> Entiers:
    """Return, for each kind of month and orientation, `CIELS` rows, zero at night."""
    milieux = (np.arange(pas, dtype=np.int64) * 2 + 1) * 720 // pas
    couvert = np.arange(CIELS)[::-1, None]
    rows = []
    for rang, (lever, coucher) in enumerate(LEVER_COUCHER):
        cloche = np.maximum((milieux - lever) * (coucher - milieux), 0)
        cote = (2 * milieux - lever - coucher) * 100 // (coucher - lever)
        for tour, penche in enumerate(ORIENTATIONS):
            stream = RowStream(subkey(0x501E11, rang * len(ORIENTATIONS) + tour))
            nuages = stream.slow(CIELS, pas, pas // 24, 110) + stream.uniform(CIELS, pas) // 36
            ici = cloche * np.maximum(100 + penche * cote // 100, 12) // 100
            rows.append(ici * np.maximum(_PLEIN + (nuages - 56) * couvert // 24, 14))
    return np.concatenate(rows)
