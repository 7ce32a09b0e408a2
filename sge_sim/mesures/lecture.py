"""What is read of a point, in the terms of its measures: the same whoever reads.

A service, a file or Data Connect says what it wants as a `Lecture`; `series` and `releves` answer
it. Who may read, and over which days, is decided before.
"""

from dataclasses import dataclass
from datetime import date

from sge_sim.domaine.nomenclatures import TypeAcces
from sge_sim.mesures.point import Grandeur

TOUT = "TOUT"
"""All the quantities that there are."""
ENERGIES = {"EA": Grandeur.PA, "ERI": Grandeur.PRI, "ERC": Grandeur.PRC}
"""The energies that are counted, each with the power of which it is the sum."""
UNITES = {
    "PA": "W",
    "PRI": "VAr",
    "PRC": "VAr",
    "E": "V",
    "EA": "Wh",
    "ERI": "VArh",
    "ERC": "VArh",
    "ER": "VArh",
    "PMA": "VA",
    "PMA1": "VA",
    "PMA2": "VA",
    "PMA3": "VA",
    "DD": "s",
    "DE": "Wh",
    "DQ": "W",
    "TF": "s",
}
"""The unit of each quantity, as it is written for most points."""


@dataclass(slots=True)
class Lecture:
    """What is read: measures of a `type` and a `grandeur` (or `TOUT`) over legal days [debut, fin).

    `pas`: P1M for the maximum powers of months, those of days otherwise. By which right:
    `corrigees` reads the corrected curve where there is one (`sge_sim.mesures.series`);
    `collectees` the curve as it was collected alone, without what the meter kept before.
    """

    type: TypeAcces
    grandeur: str
    debut: date
    fin: date
    pas: str | None = None
    corrigees: bool = False
    collectees: bool = False
