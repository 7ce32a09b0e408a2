"""Tickets of SPICE that hand in a new production certificate."""

from datetime import date, datetime

from cryptography import x509
from sqlalchemy.orm import Session

from sge_sim.clock import legal_date
from sge_sim.door.certificats import register_certificate
from sge_sim.errors import UnknownError, UsageError
from sge_sim.pki.certificates import tolerated_serial_numbers
from sge_sim.pki.deadlines import in_legal_time, renewal_deadline
from sge_sim.referentiel.acteurs import get_acteur
from sge_sim.tables.acteurs import registered_certificats
from sge_sim.tables.datahub import TicketSpice


def open_ticket(session: Session, acteur_code: str, pem: str, now: datetime) -> TicketSpice:
    """Open a ticket with the new certificate, first of `pem`, its intermediates after it.

    It is due 15 working days before the end of the actor's production certificate that lasts
    longest (FAQ); one that comes late is taken all the same, and says so (assumed). The
    certificate isn't judged here: the door does. `now` is the machine's time. Raises `UsageError`
    for an unknown actor, or a text without a certificate.
    """
    acteur = get_acteur(session, acteur_code)
    read_chain(pem)
    ends = [
        one.not_after
        for one in registered_certificats(session, "production")
        if one.acteur_code == acteur.code
    ]
    ticket = TicketSpice(
        acteur_code=acteur.code,
        pem=pem,
        echeance=renewal_deadline(in_legal_time(max(ends)).date()) if ends else None,
        ouvert_at=now,
    )
    session.add(ticket)
    session.flush()
    return ticket


def close_ticket(session: Session, ticket_id: int, now: datetime) -> TicketSpice:
    """Close a ticket, as Enedis does: its certificate is registered for production.

    Raises `UsageError` for a ticket that doesn't exist or is closed.
    """
    ticket = session.get(TicketSpice, ticket_id)
    if ticket is None:
        raise UnknownError(f"Aucun ticket n'a le numéro {ticket_id}.", ticket_id)
    if ticket.clos_at is not None:
        raise UsageError(f"Le ticket {ticket_id} est déjà clos.")
    acteur = get_acteur(session, ticket.acteur_code)
    register_certificate(session, acteur, read_chain(ticket.pem), "production")
    ticket.clos_at = now
    return ticket


def came_late(ticket: TicketSpice) -> bool:
    """Tell whether a ticket was opened after the last day that it should have been."""
    day: date = legal_date(ticket.ouvert_at)
    return ticket.echeance is not None and day > ticket.echeance


def read_chain(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a text; raises `UsageError` where there is none."""
    try:
        with tolerated_serial_numbers():
            return x509.load_pem_x509_certificates(pem.encode("ascii"))
    except ValueError:
        raise UsageError("Le ticket porte un certificat en PEM ; il n'y en a pas ici.") from None
