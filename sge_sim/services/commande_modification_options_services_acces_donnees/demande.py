"""A change of what access services publish, as its rules look at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sge_sim.commandes.acces import Publie
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.services.acces_donnees_designes import DemandeSurServices
from sge_sim.services.acces_donnees_offre import OptionDemandee
from sge_sim.tables.point_facts import ServiceFacts


@dataclass(frozen=True)
class Modification:
    """What one service is to publish more, and no more."""

    ajouts: tuple[OptionDemandee, ...]
    retraits: tuple[OptionDemandee, ...]


@dataclass(frozen=True)
class DemandeOptionsAcces(DemandeSurServices):
    """A change of options of several services: `modifications` are in the order of `numeros`."""

    modifications: Sequence[Modification]

    @property
    def types(self) -> tuple[TypeServiceAcces, ...]:
        """The types of data of the services."""
        return tuple(one.acces_type for one in self.connus if one.acces_type is not None)

    @property
    def options(self) -> tuple[OptionDemandee, ...]:
        """The publications to add, of all services."""
        return tuple(option for one in self.modifications for option in one.ajouts)

    def pairs(self) -> Iterator[tuple[ServiceFacts, Modification]]:
        """Yield the services that are known, each with its change."""
        for service, modification in zip(self.designes, self.modifications, strict=True):
            if service is not None:
                yield service, modification

    @cached_property
    def publies(self) -> tuple[tuple[Publie, ...], ...]:
        """The publications that would go on, by service."""
        return tuple(
            (
                *(
                    one
                    for one in published_by(service)
                    if one not in {option.publie for option in modification.retraits}
                ),
                *(option.publie for option in modification.ajouts),
            )
            for service, modification in self.pairs()
        )


def published_by(service: ServiceFacts) -> tuple[Publie, ...]:
    """Return what a service publishes."""
    return tuple(Publie(one.periodicite, one.corrigees) for one in service.options_en_cours)
