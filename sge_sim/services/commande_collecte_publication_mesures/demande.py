"""An order of CommandeCollectePublicationMesures, as its rules look at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sge_sim.commandes.affaires import Commande
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.souscription import Souscription
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.nomenclatures import Demandeur, MesuresType
from sge_sim.services.ordres import Ordre
from sge_sim.tables.point_facts import ServiceFacts


def asks(body: Mapping[str, Any], _demandeur: Demandeur) -> dict[str, Any]:
    """Name what an order asks of the state."""
    general, asked = body["demande"]["donneesGenerales"], body["demande"]["accesMesures"]
    prm, contrat_id = general["pointId"], general["contratId"]
    transmise = (
        contrat_id,
        asked["mesuresTypeCode"],
        "SOUTIRAGE" if asked["soutirage"] else "INJECTION",
        asked.get("periodiciteTransmission"),
    )
    return {
        "prm": prm,
        "services_of": prm,
        "login": general["initiateurLogin"],
        "contrat_id": contrat_id,
        "abonnement": transmise if asked["transmissionRecurrente"] else None,
    }


@dataclass(frozen=True)
class DemandeCollecte(Ordre):
    """An order, what it asks for, and who is said to have agreed.

    `services` are all those of the point. `ecart` is what the platform being played answers
    instead.
    """

    commande: Commande
    declaration: Declaration
    services: Sequence[ServiceFacts]
    ecart: Ecart | None
    civilite_connue: bool
    accord: bool
    date_debut: date
    date_fin: date | None
    mesures_type: MesuresType
    soutirage: bool
    injection: bool
    pas: str | None
    corrigees: bool | None
    recurrente: bool
    periodicite: str | None

    @cached_property
    def courbe(self) -> bool:
        return self.mesures_type == "CDC"

    @cached_property
    def corrigees_demandees(self) -> bool:
        """Whether corrected data are asked for: the field counts for a transmitted curve only."""
        return self.courbe and self.recurrente and bool(self.corrigees)

    @cached_property
    def souscription(self) -> Souscription:
        """What is subscribed to; the fields to be ignored are left out."""
        return Souscription(
            contrat_id=self.commande.contrat_id,
            mesures_type=self.mesures_type,
            sens="SOUTIRAGE" if self.soutirage else "INJECTION",
            pas=self.pas or "",
            recurrente=self.recurrente,
            corrigees=bool(self.corrigees) if self.courbe and self.recurrente else None,
            periodicite=self.periodicite if self.recurrente else None,
            date_debut=self.date_debut,
            date_fin=self.date_fin,
        )

    @cached_property
    def identical(self) -> list[ServiceFacts]:
        """The caller's services on the point that are the same but for their dates."""
        return self.souscription.among(self.services)
