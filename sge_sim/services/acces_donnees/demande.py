"""What the services about access services are asked for, as their rules look at it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

from sge_sim.commandes.acces import AccesSouscrit, Publie
from sge_sim.commandes.vie import reaches_meter
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.nomenclatures import DONNEES_ACCES, Sens, TypeServiceAcces
from sge_sim.services.ordres import Ordre
from sge_sim.tables.point_facts import ServiceFacts

TYPES_DONNEES: Final[dict[str, TypeServiceAcces]] = {
    code: acces_type for acces_type, code in DONNEES_ACCES.items() if acces_type != "ITC"
}
"""The types of data as these services name them; a consent of Data Connect has one more."""


@dataclass(frozen=True)
class DemandeAcces(Ordre):
    """An order about access services in one direction; `services` are all those of the point."""

    contrat_id: str
    sens: Sens
    services: Sequence[ServiceFacts]

    @property
    def jour(self) -> date:
        """The legal date of the call."""
        return self.acces.jour

    @property
    def petit(self) -> bool:
        """Whether the point is a C5 or a P4."""
        return self.known_point.petit


@dataclass(frozen=True)
class DemandeSurServices(DemandeAcces):
    """An order about services of the point, named by `numeros`."""

    numeros: Sequence[str]

    @cached_property
    def designes(self) -> tuple[ServiceFacts | None, ...]:
        """The services of those numbers on the point, None where there is none.

        A service of the other direction counts as none, and so does one of another contract of
        the same actor; an opposition has neither.
        """
        found = {
            service.service_souscrit_id: service
            for service in self.services
            if self._suits(service)
        }
        return tuple(found.get(numero) for numero in self.numeros)

    @cached_property
    def connus(self) -> tuple[ServiceFacts, ...]:
        """The services of those numbers that exist."""
        return tuple(service for service in self.designes if service is not None)

    def _suits(self, service: ServiceFacts) -> bool:
        if service.type == "OPPENR":
            return True
        mine = service.acteur_code == self.acces.demandeur.code
        return service.sens == self.sens and (not mine or service.contrat_id == self.contrat_id)


@dataclass(frozen=True)
class Consentement:
    """What an order declares of the client: that it agrees, and who it is."""

    accord: bool
    nomme: bool


@dataclass(frozen=True)
class OptionDemandee:
    """A publication as a message asks for it; a type without natures ignores the flag."""

    acces_type: TypeServiceAcces
    periodicite: str
    corrigees: bool | None

    @property
    def of_curve(self) -> bool:
        return self.acces_type == "COURBE"

    @property
    def publie(self) -> Publie:
        """The publication that the option amounts to."""
        return Publie(self.periodicite, bool(self.corrigees) if self.of_curve else None)


@dataclass(frozen=True)
class ServiceDemande:
    """One service that is ordered: its type as the message names it, what it publishes."""

    type_donnees: str
    options: tuple[OptionDemandee, ...]

    @property
    def publie(self) -> tuple[Publie, ...]:
        """What it would publish."""
        return tuple(option.publie for option in self.options)


@dataclass(frozen=True)
class DemandeOuverture(DemandeAcces):
    """An order of services, all of one direction and until one date (excluded)."""

    consentement: Consentement | None
    date_fin: date | None
    demandes: Sequence[ServiceDemande]

    @property
    def types_donnees(self) -> tuple[str, ...]:
        """The types, as the message names them."""
        return tuple(service.type_donnees for service in self.demandes)

    @property
    def types(self) -> tuple[TypeServiceAcces, ...]:
        """The types that are known."""
        return tuple(TYPES_DONNEES[code] for code in self.types_donnees if code in TYPES_DONNEES)

    @property
    def options(self) -> tuple[OptionDemandee, ...]:
        """The publications that are ordered, of all services."""
        return tuple(option for service in self.demandes for option in service.options)

    @property
    def publies(self) -> tuple[tuple[Publie, ...], ...]:
        """The publications by service."""
        return tuple(service.publie for service in self.demandes)

    @cached_property
    def asked(self) -> tuple[AccesSouscrit, ...]:
        """The services to open."""
        return tuple(
            AccesSouscrit(
                TYPES_DONNEES[service.type_donnees], self.sens, self.date_fin, service.publie
            )
            for service in self.demandes
        )


@dataclass(frozen=True)
class DemandeRenouvellement(DemandeSurServices):
    """A renewal of services until one date (excluded), for good without one."""

    consentement: Consentement | None
    date_fin: date | None


@dataclass(frozen=True)
class DemandeArretAcces(DemandeSurServices):
    """A stop of services of any sort: of access, of the former orders, or an opposition."""

    @property
    def through_the_meter(self) -> Collection[str]:
        """The numbers of the services whose meter has to be reached."""
        return [
            service.service_souscrit_id
            for service in self.connus
            if reaches_meter(service, self.known_point)
        ]


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
        return tuple(
            service.acces_type for service in self.connus if service.acces_type is not None
        )

    @property
    def options(self) -> tuple[OptionDemandee, ...]:
        """The publications to add, of all services."""
        return tuple(
            option for modification in self.modifications for option in modification.ajouts
        )

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
                    publie
                    for publie in published_by(service)
                    if publie not in {option.publie for option in modification.retraits}
                ),
                *(option.publie for option in modification.ajouts),
            )
            for service, modification in self.pairs()
        )


def published_by(service: ServiceFacts) -> tuple[Publie, ...]:
    """Return what a service publishes."""
    return tuple(
        Publie(option.periodicite, option.corrigees) for option in service.options_en_cours
    )


@dataclass(frozen=True)
class DemandeAccesMesures(DemandeOuverture):
    """An order of access to one type of data, from today on, that publishes nothing.

    `contrat_id` is empty where the message leaves it out, `contrat_type` None; `sens` means
    something once a rule has made sure that one direction is asked for. `ecart` is what the
    platform being played answers instead.
    """

    objet_code: str
    contrat_type: str | None
    date_debut: date
    soutirage: bool
    injection: bool
    ecart: Ecart | None

    @cached_property
    def identical(self) -> ServiceFacts | None:
        """The actor's service that gives the same access already."""
        (acces,) = self.asked
        return next(iter(acces.among(self.services, self.contrat_id)), None)


DemandeConsentie = DemandeOuverture | DemandeRenouvellement
"""What the client consents to, until a date."""
DemandeOffre = DemandeOuverture | DemandeOptionsAcces
"""What has to be offered: the types that are asked for and the publications that are ordered.

`publies` are, service by service, those that would go on together once the order is done.
"""
