"""What both versions ask once it is read, and the consultation as the rules look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum, auto
from typing import Any, NamedTuple

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.nomenclatures import METIERS, Demandeur, Sens
from sge_sim.mesures.lecture import Lecture
from sge_sim.mesures.releves import Contexte
from sge_sim.mesures.series import Serie, has_corrected
from sge_sim.tables.point_facts import PointFacts


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


class Mesures(NamedTuple):
    """What answers a demand: series, or readings of indexes."""

    series: Sequence[Serie] = ()
    contextes: Sequence[Contexte] = ()

    def __bool__(self) -> bool:
        return bool(self.series or self.contextes)


class ResultatDetaillees(NamedTuple):
    """What a consultation that the table admits finds.

    `vide_admis`: no measure is an empty answer, no refusal.
    """

    mesures: Mesures
    vide_admis: bool


@dataclass(slots=True)
class ConsultationDetaillees:
    """One consultation, as its rules look at it.

    `contrat_actif`: whether the calling actor has a contract that runs; `acces`: whether an
    access service covers a demand that needs one; `titulaire`: whether the calling actor held the
    point's contract over the whole period; `ecart` is what the platform being played
    answers instead. `facts` is the point, for the rules that come after its existence, `petit`
    whether it is a C5 or a P4, `ouvert` whether its meter is opened to measures, `corrigees`
    whether the answer is said to be corrected.
    """

    version: Version
    demande: DemandeDetaillees
    point: PointFacts | None
    contrat_actif: bool
    jour: date
    acces: bool
    titulaire: bool
    ecart: Ecart | None
    facts: PointFacts = field(init=False)
    petit: bool = field(init=False)
    en_service: bool = field(init=False)
    ouvert: bool = field(init=False)
    corrigees: bool = field(init=False)

    def __post_init__(self) -> None:
        point, demande = self.point, self.demande
        if point is None:
            return
        self.facts, self.petit = point, point.petit
        self.en_service, self.ouvert = point.en_service, point.ouvert_aux_mesures
        self.corrigees = (
            demande.corrigees
            and demande.type == "COURBE"
            and has_corrected(demande.grandeur, petit=self.petit)
        )
