"""A consultation as its rules look at it, and what it reads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sge_sim.demandeur import Demandeur
from sge_sim.ecarts import Ecart
from sge_sim.services.consultation_mesures_detaillees.demande import Demande, Version
from sge_sim.services.consultation_mesures_detaillees.releves import Contexte
from sge_sim.services.consultation_mesures_detaillees.series import Serie, is_corrected
from sge_sim.store.points import Point


@dataclass(frozen=True)
class Mesures:
    """What answers a demand: series, or readings of indexes."""

    series: Sequence[Serie] = ()
    contextes: Sequence[Contexte] = ()

    def __bool__(self) -> bool:
        return bool(self.series or self.contextes)


@dataclass(frozen=True)
class Consultation:
    """One consultation.

    `contrat_actif`: whether the calling actor has a contract that runs; `acces` tells whether an
    access service covers the demand; `lire` reads the measures; `vide_admis`: no measure is an
    empty answer, no refusal; `ecart` is what the platform being played answers instead.
    """

    version: Version
    demande: Demande
    point: Point | None
    demandeur: Demandeur
    contrat_actif: bool
    jour: date
    acces: Callable[[], bool]
    lire: Callable[[], Mesures]
    vide_admis: bool
    ecart: Ecart | None

    @cached_property
    def mesures(self) -> Mesures:
        """What there is to answer, computed once."""
        return self.lire()

    @property
    def corrigees(self) -> bool:
        """Whether the answer is said to be corrected."""
        demande = self.demande
        return demande.type == "COURBE" and is_corrected(
            demande, demande.grandeur, petit=self.petit
        )

    @property
    def sheet(self) -> Point:
        """The point, for the rules that come after its existence."""
        assert self.point is not None
        return self.point

    @property
    def petit(self) -> bool:
        """Whether the point is a C5 or a P4."""
        return self.sheet.petit
