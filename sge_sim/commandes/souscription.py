"""What is subscribed to on a point, and which services of the point are the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Protocol

from sge_sim.domaine.nomenclatures import MesuresType, Sens, TypeService
from sge_sim.tables.commandes import CARACTERISTIQUES
from sge_sim.tables.point_facts import ServiceFacts


class Caracteristiques(Protocol):
    """What makes a service what it is, whatever its dates."""

    @property
    def type(self) -> TypeService: ...
    @property
    def contrat_id(self) -> str | None: ...
    @property
    def mesures_type(self) -> MesuresType | None: ...
    @property
    def sens(self) -> Sens | None: ...
    @property
    def pas(self) -> str | None: ...
    @property
    def corrigees(self) -> bool | None: ...
    @property
    def periodicite(self) -> str | None: ...


_identity = attrgetter(*CARACTERISTIQUES)


@dataclass(frozen=True)
class Souscription:
    """What is subscribed to. `corrigees` and `periodicite` are None where they have no meaning."""

    contrat_id: str
    mesures_type: MesuresType
    sens: Sens
    pas: str
    recurrente: bool
    corrigees: bool | None
    periodicite: str | None
    date_debut: date
    date_fin: date | None

    @property
    def type(self) -> TypeService:
        """The type under which the service is listed."""
        return "TRANSREC" if self.recurrente else "CCDC"

    def among(self, services: Iterable[ServiceFacts]) -> list[ServiceFacts]:
        """Return the services, not ended, that are this subscription but for their dates."""
        mine = _identity(self)
        return [other for other in services if other.etat != "TERMINE" and _identity(other) == mine]

    def ends_after(self, service: ServiceFacts) -> bool:
        """Tell whether this subscription reaches further than `service`."""
        if service.date_fin is None:
            return False
        return self.date_fin is None or self.date_fin > service.date_fin

    def __str__(self) -> str:
        parts = (
            self.mesures_type,
            self.pas,
            self.sens,
            "transmission" if self.recurrente else "collecte",
            self.periodicite,
            "corrigées" if self.corrigees else None,
            f"du {self.date_debut} au {self.date_fin or '…'}",
        )
        return " ".join(part for part in parts if part)
