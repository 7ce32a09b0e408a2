"""What is subscribed to on a point, and which services of the point are the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from sge_sim.domaine.nomenclatures import MesuresType, Sens, TypeService
from sge_sim.tables.commandes import CARACTERISTIQUES
from sge_sim.tables.point_facts import ServiceFacts

_identity = attrgetter(*CARACTERISTIQUES)


@dataclass(frozen=True)
class Souscription:
    """What is subscribed to. `corrigees` and `periodicite` are None where they have no meaning.

    `type` is that under which the service is listed, `abonnement` what the number of a recurrent
    transmission is given for (`sge_sim.tables.commandes.Abonnement`).
    """

    contrat_id: str
    mesures_type: MesuresType
    sens: Sens
    pas: str
    recurrente: bool
    corrigees: bool | None
    periodicite: str | None
    date_debut: date
    date_fin: date | None
    type: TypeService = field(init=False)
    abonnement: tuple[str, MesuresType, Sens, str] | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", "TRANSREC" if self.recurrente else "CCDC")
        transmise = (self.contrat_id, self.mesures_type, self.sens, self.periodicite)
        object.__setattr__(self, "abonnement", None if self.periodicite is None else transmise)

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
