"""What is asked, the same for both versions once it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Any

from sge_sim.domaine.nomenclatures import METIERS, Demandeur, Sens
from sge_sim.mesures.lecture import Lecture


def asks(body: Mapping[str, Any], demandeur: Demandeur) -> dict[str, str]:
    """Name what a consultation asks of the state: the point and the calling actor."""
    return {"prm": body["demande"]["pointId"], "acteur": demandeur.code}


class Version(Enum):
    """The two versions."""

    V2 = auto()
    V3 = auto()


class Cadre(StrEnum):
    """By what right the measures are asked for.

    v2.0 only says whether the client agreed: « no » is the demand of the incumbent supplier.
    """

    ACCORD_CLIENT = "ACCORD_CLIENT"
    SERVICE_ACCES = "SERVICE_ACCES"
    EST_TITULAIRE = "EST_TITULAIRE"


@dataclass(slots=True, kw_only=True)
class DemandeDetaillees(Lecture):
    """A demand: what is read, of which point and by what right.

    `sens` are the directions asked for: exactly one where the demand is right. `jours` says how
    many days, `metier` is CONS or PROD: it follows the direction, for voltages too (GUI 0488).
    """

    prm: str
    sens: tuple[Sens, ...]
    cadre: Cadre
    jours: int = field(init=False)
    metier: str = field(init=False)

    def __post_init__(self) -> None:
        self.jours = (self.fin - self.debut).days
        self.metier = METIERS["INJECTION" if self.sens == ("INJECTION",) else "SOUTIRAGE"]
