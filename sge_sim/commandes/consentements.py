"""The consents of Data Connect: given on its page, taken back by the customer, ended by events.

A consent opens access services on its point for the actor of the application: SGE's search lists
them, and ConsultationMesuresDetaillees v3 lets that actor consult by SERVICE_ACCES.
"""

from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.errors import UsageError
from sge_sim.store.codes import MotifFin, TypeServiceAcces
from sge_sim.store.dataconnect import (
    Application,
    Consentement,
    Partage,
    find_consentement,
    find_partage,
)
from sge_sim.store.mesures import ServiceAcces
from sge_sim.store.numeros import next_numero

TYPES: Final[tuple[TypeServiceAcces, ...]] = ("COURBE", "PMAX", "INDEX", "ENERGIE", "ITC")
"""The services that one consent opens (mocks of the guide, 2026), in the order they come."""


def give(
    session: Session,
    application: Application,
    titulaire: str,
    prm: str,
    now: datetime,
    fin: date,
) -> Consentement:
    """Record that `titulaire` lets `application` read a point until the legal day `fin`, excluded.

    The number of the share is the same as before, if there was one.
    """
    partage = find_partage(session, application.client_id, titulaire)
    if partage is None:
        partage = Partage(
            autorisation_id=next_numero(session, "autorisation"),
            application=application,
            titulaire=titulaire,
        )
        session.add(partage)
    consentement = Consentement(partage=partage, prm=prm, debut=now, fin=start_of_day(fin))
    session.add(consentement)
    session.flush()
    session.add_all(
        ServiceAcces(
            prm=prm,
            type=type_service,
            debut=legal_date(now),
            fin=fin,
            acteur_code=application.acteur_code,
            consentement_id=consentement.id,
            service_souscrit_id=f"{next_numero(session, 'service_souscrit'):08d}",
        )
        for type_service in TYPES
    )
    return consentement


def is_in_force(consentement: Consentement, now: datetime) -> bool:
    """Tell whether a consent holds at `now` (aware)."""
    return consentement.fini_le is None and consentement.debut <= now < consentement.fin


def end(session: Session, consentement: Consentement, motif: MotifFin, instant: datetime) -> None:
    """End a consent that is in force, and the services that it opened."""
    consentement.fini_le, consentement.motif_fin = instant, motif
    opened = select(ServiceAcces).where(ServiceAcces.consentement_id == consentement.id)
    for service in session.scalars(opened):
        service.fin = legal_date(instant)


def revoke(session: Session, consentement_id: int, now: datetime) -> Consentement:
    """Have the customer take a consent back; raises `UsageError` for one that isn't in force."""
    consentement = find_consentement(session, consentement_id)
    if consentement is None:
        raise UsageError(
            f"aucun consentement ne porte le numéro {consentement_id} : "
            "sge-sim consentements list les donne."
        )
    if not is_in_force(consentement, now):
        raise UsageError(f"le consentement {consentement_id} n'est plus en vigueur.")
    end(session, consentement, "retrait", now)
    return consentement


def end_those_of_point(session: Session, prm: str, motif: MotifFin, instant: datetime) -> None:
    """End every consent of a point that its holder leaves."""
    given = select(Consentement).where(Consentement.prm == prm, Consentement.fini_le.is_(None))
    for consentement in session.scalars(given):
        if is_in_force(consentement, instant):
            end(session, consentement, motif, instant)
