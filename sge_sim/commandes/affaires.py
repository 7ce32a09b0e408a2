"""Opens the case and the service of an order that has been accepted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from sge_sim.clock import start_of_day
from sge_sim.commandes.autorisations import Declaration, declared
from sge_sim.commandes.echeances import carry_out
from sge_sim.commandes.prestations import Prestation
from sge_sim.commandes.souscription import Souscription
from sge_sim.commandes.vie import activate
from sge_sim.domaine.delais import Delai
from sge_sim.domaine.nomenclatures import GRANDS, Segment, TypeService
from sge_sim.tables.commandes import Affaire, ServiceSouscrit, abonnement_of, insert_order
from sge_sim.tables.ecritures import reach
from sge_sim.tables.numeros import next_numero, next_numeros
from sge_sim.tables.point_facts import Faits

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
    affaire = _affaire(commande, next_affaire_id(session, prefixe), prestation, demande)
    affaire.echeance = echeance
    return affaire


def open_order(
    session: Session,
    commande: Commande,
    prestation: Prestation,
    demande: str,
    type: TypeService,
    *,
    date_debut: date,
    date_fin: date | None,
    **covered: Any,
) -> tuple[Affaire, ServiceSouscrit]:
    """Return the case of an order and the service that it asks for.

    The caller starts the service, then writes both (`write_order`). `covered` are the columns of
    what it covers.
    """
    affaire_number, service_number = next_numeros(session, "affaire", "service_souscrit")
    affaire = _affaire(commande, _affaire_id("M0", affaire_number), prestation, demande)
    return affaire, ServiceSouscrit(
        service_souscrit_id=f"{service_number:08d}",
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


def subscribe(
    session: Session,
    commande: Commande,
    faits: Faits,
    souscription: Souscription,
    prestation: Prestation,
    declaration: Declaration,
) -> tuple[Affaire, ServiceSouscrit]:
    """Take an order of collection or recurrent transmission: a new service, or a renewal.

    `faits` are the point, which is known, and its services. The service starts at once where
    nothing has to be waited for: all else that was due has happened (`run_due`).
    """
    point = faits.known_point
    abonnement = None
    if souscription.periodicite is not None:
        abonnement = abonnement_of(
            session,
            souscription.contrat_id,
            souscription.mesures_type,
            souscription.sens,
            souscription.periodicite,
        )
    debut = _starts_at(commande, point.segment, souscription)
    affaire, service = open_order(
        session,
        commande,
        prestation,
        str(souscription),
        souscription.type,
        date_debut=souscription.date_debut,
        date_fin=souscription.date_fin,
        mesures_type=souscription.mesures_type,
        sens=souscription.sens,
        pas=souscription.pas,
        corrigees=souscription.corrigees,
        periodicite=souscription.periodicite,
        abonnement_numero=abonnement,
        echeance=debut,
    )
    renewed = any(one.etat == "ACTIF" for one in souscription.among(faits.services))
    if debut <= commande.now and point.teleoperable and not renewed:
        activate(session, service, debut)
    if service.echeance is not None and service.echeance <= commande.now:
        carry_out(session, (service,), commande.now)
    write_order(session, affaire, service, declaration)
    return affaire, service


def _starts_at(commande: Commande, segment: Segment, souscription: Souscription) -> datetime:
    """A C5 or P4 starts once its meter is reached, a large point not before its first day."""
    if segment in GRANDS:
        return max(commande.done_at, start_of_day(souscription.date_debut))
    return commande.done_at


def _affaire(commande: Commande, affaire_id: str, prestation: Prestation, demande: str) -> Affaire:
    return Affaire(
        affaire_id=affaire_id,
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
    )


def write_order(
    session: Session, affaire: Affaire, service: ServiceSouscrit, declaration: Declaration
) -> None:
    """Write the case and the service of an order, and the client's authorisation for its days.

    The state has come to its instant (`reach`).
    """
    autorisation = declared(
        affaire, declaration, date_debut=service.date_debut, date_fin=service.date_fin
    )
    insert_order(session, affaire, service, autorisation)


def next_affaire_id(session: Session, prefixe: Prefixe) -> str:
    """Return the number of a new case, greater than those given before with that prefix."""
    return _affaire_id(prefixe, next_numero(session, "affaire"))


def _affaire_id(prefixe: Prefixe, number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return prefixe + digits.rjust(_WIDTH, "0")
