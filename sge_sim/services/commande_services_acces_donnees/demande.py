"""An order of access services, as its rules look at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sge_sim.commandes.acces import AccesSouscrit, Publie
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.services.acces_donnees import TYPES_DONNEES, Consentement, DemandeAcces
from sge_sim.services.acces_donnees_offre import OptionDemandee


@dataclass(frozen=True)
class ServiceDemande:
    """One service that is ordered: its type as the message names it, what it publishes."""

    type_donnees: str
    options: tuple[OptionDemandee, ...]

    @property
    def publie(self) -> tuple[Publie, ...]:
        """What it would publish."""
        return tuple(one.publie for one in self.options)


@dataclass(frozen=True)
class DemandeServicesAcces(DemandeAcces):
    """An order of several services, all of one direction and until one date (excluded)."""

    consentement: Consentement | None
    date_fin: date | None
    demandes: Sequence[ServiceDemande]

    @property
    def types_donnees(self) -> tuple[str, ...]:
        return tuple(one.type_donnees for one in self.demandes)

    @property
    def types(self) -> tuple[TypeServiceAcces, ...]:
        """The types that are known."""
        return tuple(TYPES_DONNEES[one] for one in self.types_donnees if one in TYPES_DONNEES)

    @property
    def options(self) -> tuple[OptionDemandee, ...]:
        """The publications that are ordered, of all services."""
        return tuple(option for one in self.demandes for option in one.options)

    @property
    def publies(self) -> tuple[tuple[Publie, ...], ...]:
        """The publications by service."""
        return tuple(one.publie for one in self.demandes)

    @cached_property
    def asked(self) -> tuple[AccesSouscrit, ...]:
        """The services to open."""
        return tuple(
            AccesSouscrit(TYPES_DONNEES[one.type_donnees], self.sens, self.date_fin, one.publie)
            for one in self.demandes
        )
