"""A consultation as its rules look at it, and what it reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.nomenclatures import Demandeur
from sge_sim.mesures.releves import Contexte
from sge_sim.mesures.series import Serie, has_corrected
from sge_sim.services.consultation_mesures_detaillees.demande import DemandeDetaillees, Version
from sge_sim.tables.point_facts import PointFacts


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
    demandeur: Demandeur
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
