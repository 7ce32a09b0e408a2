"""The consents of Data Connect: given on its page, taken back by the customer.

A consent opens access services on its point for the actor of the application: SGE's search lists
them, ConsultationMesuresDetaillees v3 lets that actor consult by SERVICE_ACCES, and whatever ends
them (a move-out, a termination) ends the consent.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.commandes import vie
from sge_sim.domaine.nomenclatures import MotifFin, Sens, TypeServiceAcces
from sge_sim.errors import UnknownError, UsageError
from sge_sim.tables.acces import grant_acces
from sge_sim.tables.acteurs import Contrat
from sge_sim.tables.commandes import next_numero
from sge_sim.tables.dataconnect import (
    Application,
    ConsentementDonne,
    Partage,
    find_consentement,
    find_partage,
)
from sge_sim.tables.points import Point

TYPES: Final[tuple[TypeServiceAcces, ...]] = ("COURBE", "PMAX", "INDEX", "ENERGIE", "ITC")
"""The services that one consent opens in each direction (mocks of the guide, 2026)."""


def give_consentement(
    session: Session,
    application: Application,
    titulaire: str,
    point: Point,
    now: datetime,
    fin: date,
) -> ConsentementDonne:
    """Record that `titulaire` lets `application` read a point until the legal day `fin`, excluded.

    The number of the share is the same as before, if there was one. Raises `UsageError` where the
    actor of the application has no contract with Enedis that runs.
    """
    contrat = _running(application, legal_date(now))
    partage = find_partage(session, application.client_id, titulaire)
    if partage is None:
        partage = Partage(
            autorisation_id=next_numero(session, "autorisation"),
            application=application,
            titulaire=titulaire,
        )
        session.add(partage)
    consentement = ConsentementDonne(partage=partage, point=point, debut=now, fin=start_of_day(fin))
    session.add(consentement)
    session.flush()
    for sens in _sides(point):
        for type_service in TYPES:
            service = grant_acces(
                session,
                point.prm,
                type_service,
                sens,
                contrat,
                legal_date(now),
                fin,
                consentement_id=consentement.id,
            )
            service.ordered_at = service.activated_at = now
    return consentement


def is_in_force(consentement: ConsentementDonne, now: datetime) -> bool:
    """Tell whether a consent holds at `now` (aware)."""
    return consentement.fini_le is None and consentement.debut <= now < consentement.fin


def end_consentement(
    session: Session, consentement: ConsentementDonne, motif: MotifFin, instant: datetime
) -> None:
    """End a consent that is in force: the services that it opened, written together."""
    with session.no_autoflush:
        for service in consentement.services:
            if service.etat != "TERMINE":
                vie.end(session, service, motif, instant)


def remove_consentement(session: Session, consentement_id: int, now: datetime) -> ConsentementDonne:
    """Take a consent back, as its customer; raises `UsageError` for one that isn't in force."""
    consentement = find_consentement(session, consentement_id)
    if consentement is None:
        raise UnknownError(
            f"aucun consentement ne porte le numéro {consentement_id} : "
            "sge-sim consentements list les donne.",
            consentement_id,
        )
    if not is_in_force(consentement, now):
        raise UsageError(f"le consentement {consentement_id} n'est plus en vigueur.")
    end_consentement(session, consentement, "retrait", now)
    return consentement


def _sides(point: Point) -> tuple[Sens, ...]:
    """Return the directions that a consent opens: those of the contracts of the client."""
    asked: tuple[tuple[Sens, bool], ...] = (
        ("SOUTIRAGE", point.contrat_soutirage),
        ("INJECTION", point.contrat_injection),
    )
    return tuple(sens for sens, contracted in asked if contracted)


def _running(application: Application, jour: date) -> Contrat:
    """Return the contract under which the services stand: the first that runs (assumed)."""
    acteur = application.acteur
    for contrat in acteur.contrats:
        if contrat.is_active(jour):
            return contrat
    raise UsageError(f"l'acteur {acteur.code} n'a pas de contrat en cours : sge-sim acteurs list.")
