"""The tickets of SPICE: renewals of production certificates."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.clock import machine_now
from sge_sim.machine.late import late
from sge_sim.operations import LARGEST_NUMBER, Says, operation
from sge_sim.operations.parameters import CodeActeur, Pem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from sge_sim.api import datahub as views
    from sge_sim.datahub import spice
    from sge_sim.tables import datahub as tables
else:
    views = late("sge_sim.api.datahub")
    spice = late("sge_sim.datahub.spice")
    tables = late("sge_sim.tables.datahub")


@operation(
    "Les tickets, du plus ancien au plus récent",
    "GET /tickets",
    "tickets list",
    key="-id",
    per_page=200,
)
def list_tickets(session: "Session") -> "list[views.TicketView]":
    """Return the tickets."""
    return [views.TicketView.of(each) for each in tables.tickets_spice(session)]


@operation(
    "Déposer le nouveau certificat d'un acteur",
    "POST /tickets",
    "tickets open ACTEUR CERTIFICAT",
    status=201,
    done="Le ticket {fait.id} est ouvert.",
)
def open_ticket(session: "Session", *, acteur: CodeActeur, certificat: Pem) -> "views.TicketView":
    """Open a ticket for a new production certificate."""
    return views.TicketView.of(spice.open_ticket(session, acteur, certificat, machine_now()))


@operation(
    "Clore un ticket : enregistrer son certificat en production",
    "POST /tickets/{ticket_id}/close",
    "tickets close TICKET_ID",
    was=("POST /tickets/{ticket_id}/clore",),
    place="POST /tickets/{ticket_id}/clore",
    done="Le ticket {ticket_id} est clos, son certificat enregistré en production.",
)
def close(
    session: "Session",
    *,
    ticket_id: Annotated[int, Says("Numéro du ticket", 1, ge=1, le=LARGEST_NUMBER)],
) -> "views.TicketView":
    """Close a ticket."""
    return views.TicketView.of(spice.close_ticket(session, ticket_id, machine_now()))
