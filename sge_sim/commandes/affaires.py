"""Opens the case and the service of an order that has been accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy.orm import Session

from sge_sim.clock import start_of_day
from sge_sim.commandes.autorisations import Declaration, declared
from sge_sim.commandes.echeances import carry_out
from sge_sim.commandes.prestations import Prestation
from sge_sim.commandes.souscription import Souscription
from sge_sim.commandes.vie import activate
from sge_sim.domaine.jours_ouvres import Delai
from sge_sim.domaine.nomenclatures import GRANDS, TypeService
from sge_sim.tables.base import Base
from sge_sim.tables.commandes import Abonnement, Affaire, ServiceSouscrit
from sge_sim.tables.ecritures import write_at
from sge_sim.tables.point_facts import Faits, ServiceFacts

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
    commande: Commande, prefixe: Prefixe, numero: int, prestation: Prestation, demande: str
) -> Affaire:
    """Return the case of an order, of this number, which the caller writes; `demande` tells in a
    line what is ordered."""
    return Affaire(
        affaire_id=affaire_id_of(prefixe, numero),
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


def open_order(
    numeros: Sequence[int],
    commande: Commande,
    prestation: Prestation,
    demande: str,
    type: TypeService,
    **covered: Any,
) -> tuple[Affaire, ServiceSouscrit]:
    """Return the case of an order and the service that it asks for, of these two numbers.

    The caller starts the service, then writes both. `covered` are the columns of what it covers,
    and its dates.
    """
    numero_affaire, numero_service = numeros
    affaire = open_affaire(commande, "M0", numero_affaire, prestation, demande)
    return affaire, ServiceSouscrit(
        service_souscrit_id=f"{numero_service:08d}",
        type=type,
        etat="DEMANDE",
        prm=commande.prm,
        acteur_code=commande.acteur_code,
        contrat_id=commande.contrat_id,
        affaire=affaire,
        affaire_id=affaire.affaire_id,
        ordered_at=commande.now,
        **covered,
    )


def subscribe(
    session: Session,
    commande: Commande,
    faits: Faits,
    souscription: Souscription,
    identical: Sequence[ServiceFacts],
    prestation: Prestation,
    declaration: Declaration,
) -> tuple[Affaire, ServiceSouscrit]:
    """Take an order of collection or recurrent transmission: a new service, or a renewal.

    `faits` has the point, its services, the last numbers given and that of the subscription;
    `identical` are the services that are the same but for their dates.
    The service starts at once where nothing has to be waited for: all else that was due has
    happened (`run_due`). All is written at once.
    """
    assert faits.dossier is not None, "a rule wants the point to be known"
    point = faits.dossier.point
    given = {sorte: faits.numeros[sorte] + 1 for sorte in ("affaire", "service_souscrit")}
    new: list[Base] = []
    abonnement = faits.abonnement
    if souscription.abonnement is not None and abonnement is None:
        abonnement = given["abonnement"] = faits.numeros["abonnement"] + 1
        contrat_id, mesures_type, sens, periodicite = souscription.abonnement
        new.append(
            Abonnement(
                numero=abonnement,
                contrat_id=contrat_id,
                mesures_type=mesures_type,
                sens=sens,
                periodicite=periodicite,
            )
        )
    debut = commande.delai.after(commande.now)
    if point.segment in GRANDS:  # not before its first day; a C5 or P4 once its meter is reached
        debut = max(debut, start_of_day(souscription.date_debut))
    affaire, service = open_order(
        (given["affaire"], given["service_souscrit"]),
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
    )
    autorisation = declared(
        affaire, declaration, date_debut=service.date_debut, date_fin=service.date_fin
    )
    new += affaire, service, autorisation
    renewed = any(each.etat == "ACTIF" for each in identical)
    if debut <= commande.now and point.teleoperable and not renewed:
        new += activate(service, debut)
    else:
        service.echeance = debut
    if service.echeance is not None and service.echeance <= commande.now:
        carry_out(session, (service,), commande.now)
    write_at(session, commande.now, new, given)
    return affaire, service


def affaire_id_of(prefixe: Prefixe, number: int) -> str:
    """Return the number of a case as SGE writes it: eight characters, greater than those of the
    numbers before."""
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return prefixe + digits.rjust(_WIDTH, "0")
