"""A consultation as its rules look at it, and what it reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sge_sim.domaine.demandeur import Demandeur
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.services.consultation_mesures_detaillees.demande import Demande, Version
from sge_sim.services.consultation_mesures_detaillees.releves import Contexte
from sge_sim.services.consultation_mesures_detaillees.series import Serie, is_corrected
from sge_sim.store.fiches import FichePoint


@dataclass(frozen=True)
class Mesures:
    """What answers a demand: series, or readings of indexes."""

    series: Sequence[Serie] = ()
    contextes: Sequence[Contexte] = ()

    def __bool__(self) -> bool:
        return bool(self.series or self.contextes)


@dataclass(frozen=True)
class Resultat:
    """What a consultation that the table admits finds.

    `vide_admis`: no measure is an empty answer, no refusal.
    """

    mesures: Mesures
    vide_admis: bool


@dataclass(frozen=True)
class Consultation:
    """One consultation, as its rules look at it.

    `contrat_actif`: whether the calling actor has a contract that runs; `acces`: whether an access
    service covers the demand; `ecart` is what the platform being played answers instead.
    """

    version: Version
    demande: Demande
    point: FichePoint | None
    demandeur: Demandeur
    contrat_actif: bool
    jour: date
    acces: bool
    ecart: Ecart | None

    @property
    def corrigees(self) -> bool:
        """Whether the answer is said to be corrected."""
        demande = self.demande
        return demande.type == "COURBE" and is_corrected(
            demande, demande.grandeur, petit=self.petit
        )

    @property
    def sheet(self) -> FichePoint:
        """The point, for the rules that come after its existence."""
        assert self.point is not None
        return self.point

    @property
    def petit(self) -> bool:
        """Whether the point is a C5 or a P4."""
        return self.sheet.petit
