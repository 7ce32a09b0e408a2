"""Opens the case of an order that has been accepted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy.orm import Session

from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.delais import Delai
from sge_sim.store.commandes import Affaire
from sge_sim.store.ecritures import reach
from sge_sim.store.numeros import next_numero

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


def next_affaire_id(session: Session, prefixe: Prefixe) -> str:
    """Return the number of a new case, greater than those given before with that prefix."""
    return prefixe + _base36(next_numero(session, "affaire"))


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits.rjust(_WIDTH, "0")
