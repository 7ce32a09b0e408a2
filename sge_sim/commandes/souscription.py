"""Takes an order of collection or recurrent transmission: a new service, or a renewal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from sge_sim.clock import start_of_day
from sge_sim.commandes.affaires import Commande, open_affaire, open_service, write_order
from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.echeances import carry_out
from sge_sim.commandes.prestations import Prestation
from sge_sim.commandes.vie import identity
from sge_sim.domaine.nomenclatures import GRANDS, MesuresType, Segment, Sens, TypeService
from sge_sim.tables.commandes import Affaire, ServiceSouscrit, abonnement_of
from sge_sim.tables.fiches import FicheService


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

    def among(self, services: Iterable[FicheService]) -> list[FicheService]:
        """Return the services, not ended, that are this subscription but for their dates."""
        mine = identity(self)
        return [one for one in services if one.etat != "TERMINE" and identity(one) == mine]

    def ends_after(self, service: FicheService) -> bool:
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


def subscribe(
    session: Session,
    commande: Commande,
    segment: Segment,
    souscription: Souscription,
    prestation: Prestation,
    declaration: Declaration,
) -> tuple[Affaire, ServiceSouscrit]:
    """Open the case and the service of an accepted order.

    The service starts at once where nothing has to be waited for: all else that was due has
    happened (`run_due`).
    """
    affaire = open_affaire(session, commande, "M0", prestation, str(souscription))
    abonnement = None
    if souscription.periodicite is not None:
        abonnement = abonnement_of(
            session,
            souscription.contrat_id,
            souscription.mesures_type,
            souscription.sens,
            souscription.periodicite,
        )
    service = open_service(
        session,
        commande,
        affaire,
        souscription.type,
        date_debut=souscription.date_debut,
        date_fin=souscription.date_fin,
        mesures_type=souscription.mesures_type,
        sens=souscription.sens,
        pas=souscription.pas,
        corrigees=souscription.corrigees,
        periodicite=souscription.periodicite,
        abonnement_numero=abonnement,
        echeance=_starts_at(commande, segment, souscription),
    )
    carry_out(session, (service,), commande.now)
    write_order(session, affaire, service, declaration)
    return affaire, service


def _starts_at(commande: Commande, segment: Segment, souscription: Souscription) -> datetime:
    """A C5 or P4 starts once its meter is reached, a large point not before its first day."""
    if segment in GRANDS:
        return max(commande.done_at, start_of_day(souscription.date_debut))
    return commande.done_at
