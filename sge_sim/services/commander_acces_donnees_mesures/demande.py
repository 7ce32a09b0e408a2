"""An order of one access service, as its rules look at it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sge_sim.commandes.acces import AccesSouscrit
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.services.acces_donnees import TYPES_DONNEES, Consentement, DemandeAcces
from sge_sim.tables.point_facts import ServiceFacts


@dataclass(frozen=True)
class DemandeAccesMesures(DemandeAcces):
    """An order of access to one type of data, from today to a date (excluded).

    `contrat_id` is empty where the message leaves it out, `contrat_type` None; `sens` means
    something once a rule has made sure that one direction is asked for. `ecart` is what the
    platform being played answers instead.
    """

    objet_code: str
    contrat_type: str | None
    date_debut: date
    date_fin: date | None
    consentement: Consentement | None
    type_donnees: str
    soutirage: bool
    injection: bool
    ecart: Ecart | None

    @property
    def types_donnees(self) -> tuple[str, ...]:
        return (self.type_donnees,)

    @property
    def types(self) -> tuple[TypeServiceAcces, ...]:
        """The type, if it is known."""
        return tuple(TYPES_DONNEES[one] for one in self.types_donnees if one in TYPES_DONNEES)

    @property
    def options(self) -> tuple[()]:
        """Nothing is published by this service."""
        return ()

    @property
    def publies(self) -> tuple[()]:
        return ()

    @cached_property
    def asked(self) -> AccesSouscrit:
        """The service to open."""
        return AccesSouscrit(TYPES_DONNEES[self.type_donnees], self.sens, self.date_fin)

    @cached_property
    def identical(self) -> ServiceFacts | None:
        """The actor's service that gives the same access already."""
        return next(iter(self.asked.among(self.services, self.contrat_id)), None)
