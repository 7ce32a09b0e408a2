"""What MFI, MFA and ITC ask for, as their rules look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sge_sim.domaine.nomenclatures import FluxM023
from sge_sim.services.acces import Acces

FLUX_FINS: Final[Mapping[str, FluxM023]] = {
    "COURBES": "R63",
    "INDEX": "R64",
    "ENERGIE": "R65",
    "PMAX": "R66",
}
"""The file that tells each type of fine measures, of MFI."""


@dataclass(frozen=True)
class AdmissibiliteM023:
    """A demand, as its rules look at it; without days for technical and contractual data.

    `millieme` is when the thousandth of the last demands that the service accepted was, whoever
    sent them; None where there were fewer.
    """

    acces: Acces
    flux: FluxM023
    points: int
    debut: date | None
    fin: date | None
    millieme: datetime | None
