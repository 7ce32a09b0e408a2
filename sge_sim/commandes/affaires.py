"""Opens the case and the service of an order that has been accepted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from sge_sim.commandes.autorisations import Declaration, declared
from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.delais import Delai
from sge_sim.domaine.nomenclatures import TypeService
from sge_sim.tables.commandes import Affaire, ServiceSouscrit, insert_order
from sge_sim.tables.ecritures import reach
from sge_sim.tables.numeros import next_numero

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WIDTH: Final = 6

Prefixe = Literal["M0", "A0"]
"""Cases of measure orders begin with M0, those of histories with A0 (observed 2022)."""


@dataclass(frozen=True)
class Commande:
    """Who orders, on which point, when; `delai` is how long it takes, in simulated time."""

    prm: str
    acteur_code: str
    contrat_id: str
    login: str
    objet: str
    reference: str | None
    now: datetime
    delai: Delai

    @property
    def done_at(self) -> datetime:
        """The instant at which the order is worked out."""
        return self.delai.after(self.now)


def open_affaire(
    session: Session,
    commande: Commande,
    prefixe: Prefixe,
    prestation: Prestation,
    demande: str,
    echeance: datetime | None = None,
) -> Affaire:
    """Open a case, which the caller writes; `demande` tells in a line what is ordered.

    Its number comes from the database: eight characters, greater than those given before.
    """
    reach(session, commande.now)
    return Affaire(
        affaire_id=next_affaire_id(session, prefixe),
        prm=commande.prm,
        acteur_code=commande.acteur_code,
        contrat_id=commande.contrat_id,
        login=commande.login,
        objet=commande.objet,
        fiche=prestation.fiche,
        option=prestation.option,
        reference=commande.reference,
        demande=demande,
        etat="transmise",
        opened_at=commande.now,
        echeance=echeance,
    )


def open_service(
    session: Session,
    commande: Commande,
    affaire: Affaire,
    type: TypeService,
    *,
    date_debut: date,
    date_fin: date | None,
    **covered: Any,
) -> ServiceSouscrit:
    """Return the service that an order asks for, which the caller starts, then writes.

    `covered` are the columns of what it covers.
    """
    return ServiceSouscrit(
        service_souscrit_id=f"{next_numero(session, 'service_souscrit'):08d}",
        type=type,
        etat="DEMANDE",
        prm=commande.prm,
        acteur_code=commande.acteur_code,
        contrat_id=commande.contrat_id,
        affaire=affaire,
        affaire_id=affaire.affaire_id,
        date_debut=date_debut,
        date_fin=date_fin,
        ordered_at=commande.now,
        **covered,
    )


def write_order(
    session: Session, affaire: Affaire, service: ServiceSouscrit, declaration: Declaration
) -> None:
    """Write the case and the service of an order, and the client's authorisation for its days."""
    autorisation = declared(
        affaire, declaration, date_debut=service.date_debut, date_fin=service.date_fin
    )
    insert_order(session, affaire, service, autorisation)


def next_affaire_id(session: Session, prefixe: Prefixe) -> str:
    """Return the number of a new case, greater than those given before with that prefix."""
    return prefixe + _base36(next_numero(session, "affaire"))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(_WIDTH, "0")
