"""The tickets of SPICE: renewals of production certificates."""

from typing import TYPE_CHECKING, Annotated

from sge_sim.clock import machine_now
from sge_sim.operations import LARGEST_NUMBER, Says, State, operation

if TYPE_CHECKING:
    from sge_sim.api.datahub import TicketView


@operation(
    "Les tickets, du plus ancien au plus récent",
    "GET /tickets",
    "tickets list",
    key="-id",
    per_page=200,
)
def list_tickets(state: State) -> "list[TicketView]":
    """Return the tickets."""
    from sge_sim.api.datahub import TicketView
    from sge_sim.tables.datahub import tickets_spice

    with state.database.sessions() as session:
        return [TicketView.of(each) for each in tickets_spice(session)]


@operation(
    "Déposer le nouveau certificat d'un acteur",
    "POST /tickets",
    "tickets open ACTEUR CERTIFICAT",
    status=201,
    done="Le ticket {fait.id} est ouvert.",
)
def open_ticket(
    state: State,
    *,
    acteur: Annotated[str, Says("Code de l'acteur", "TIERS1", completes="acteurs")],
    certificat: Annotated[
        str, Says("Le certificat en PEM, puis ses intermédiaires", "-----BEGIN…", file=True)
    ],
) -> "TicketView":
    """Open a ticket for a new production certificate."""
    from sge_sim.api.datahub import TicketView
    from sge_sim.datahub.spice import open_ticket as make

    with state.database.transaction() as session:
        return TicketView.of(make(session, acteur, certificat, machine_now()))


@operation(
    "Clore un ticket : enregistrer son certificat en production",
    "POST /tickets/{ticket_id}/close",
    "tickets close TICKET_ID",
    was=("POST /tickets/{ticket_id}/clore",),
    place="POST /tickets/{ticket_id}/clore",
    done="Le ticket {ticket_id} est clos, son certificat enregistré en production.",
)
def close(
    state: State, *, ticket_id: Annotated[int, Says("Numéro du ticket", 1, ge=1, le=LARGEST_NUMBER)]
) -> "TicketView":
    """Close a ticket."""
    from sge_sim.api.datahub import TicketView
    from sge_sim.datahub.spice import close_ticket

    with state.database.transaction() as session:
        return TicketView.of(close_ticket(session, ticket_id, machine_now()))
