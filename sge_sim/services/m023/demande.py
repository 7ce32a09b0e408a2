"""What MFI, MFA and ITC ask for, as their rules look at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple

from sge_sim.domaine.nomenclatures import CodeFlux
from sge_sim.services.acces import Acces


class MesuresDemandables(NamedTuple):
    """What a demand may ask for: the file that tells it, how many months ago it may begin, and how
    many points it may name, where those are fewer than the 10 000 of the contract."""

    flux: CodeFlux
    mois: int = 36
    points: int = 10_000


FINES: Final[Mapping[str, MesuresDemandables]] = {
    "COURBES": MesuresDemandables("R63", mois=24, points=1500),
    "INDEX": MesuresDemandables("R64", points=1500),
    "ENERGIE": MesuresDemandables("R65"),
    "PMAX": MesuresDemandables("R66"),
}
"""The types of fine measures, of MFI."""
FACTURANTES: Final = MesuresDemandables("R67")
SITUATION: Final = MesuresDemandables("C68")


@dataclass(frozen=True)
class AdmissibiliteM023:
    """A demand, as its rules look at it; without days for technical and contractual data.

    `millieme` is when the thousandth of the last demands that the service accepted was, whoever
    sent them; None where there were fewer.
    """

    acces: Acces
    mesures: MesuresDemandables
    points: int
    debut: date | None
    fin: date | None
    millieme: datetime | None
