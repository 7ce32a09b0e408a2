"""Writes series of measures as bytes: thousands of rows that differ by a stamp and a number.

The stamps of a series change from one window to another only, so the rows are kept without their
numbers (a skeleton), and a series costs one formatting. Nothing here needs escaping:
the model of a row is the service's own text, all the rest are numbers and dates.
"""

from dataclasses import dataclass, field

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.mesures.tableaux import Entiers

NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'
"""The attributes of an element that is present and empty."""

_SKELETONS = 128


@dataclass(frozen=True, eq=False)
class ModeleLigne:
    """How a row is written: `modele` has `{d}` for the stamp and `{v}` for the number.

    The rows of a `ModeleLigne` are kept, so make it once; `known` has those of arrays by their id.

    >>> ligne = ModeleLigne("<points><v>{v}</v><d>{d}</d></points>", Stamp.NAIF)
    >>> minuit = np.array([1_680_300_000])
    >>> write_rows(ligne, minuit, np.array([7200]), np.array([421]))
    b'<points><v>421</v><d>2023-04-01 00:00:00</d></points>'
    """

    modele: str
    stamp: Stamp
    known: dict[int, tuple[Entiers, bytes]] = field(default_factory=dict, repr=False)


def write_rows(
    ligne: ModeleLigne, horodates: Entiers, decalages: Entiers, valeurs: Entiers
) -> bytes:
    """Return one row per instant, in their order.

    `horodates`: epoch seconds (UTC); `decalages`: offset of legal time then, seconds. Arrays that
    nobody can change, which many points share, are recognised by themselves.
    """
    known = ligne.known.get(id(horodates))
    if known is None or known[0] is not horodates:
        known = horodates, _skeleton(ligne, horodates.tobytes(), decalages.tobytes())
        if not horodates.flags.writeable and horodates.base is None:
            if len(ligne.known) >= _SKELETONS:
                ligne.known.clear()
            ligne.known[id(horodates)] = known
    return known[1] % tuple(valeurs.tolist())


@computed_once(_SKELETONS)
def _skeleton(ligne: ModeleLigne, horodates: bytes, decalages: bytes) -> bytes:
    """Return the rows of these instants, with `%d` in the place of each number."""
    stamps = write_stamps(
        ligne.stamp, np.frombuffer(horodates, np.int64), np.frombuffer(decalages, np.int64)
    )
    row = ligne.modele.replace("%", "%%").replace("{v}", "%d")
    return "".join([row.replace("{d}", stamp) for stamp in stamps]).encode()
