"""`sge-sim tickets`: the tickets of SPICE, on a terminal."""

from typing import TYPE_CHECKING

from sge_sim.cli.declared import Shown, group_of

if TYPE_CHECKING:
    from sge_sim.api.datahub import TicketView


def _line(view: "TicketView") -> str:
    due = "sans échéance" if view.echeance is None else f"avant le {view.echeance:%d/%m/%Y}"
    late = ", en retard" if view.en_retard else ""
    state = "ouvert" if view.clos_le is None else f"clos le {view.clos_le:%d/%m/%Y}"
    return f"{view.id:>4}  {view.acteur:<8}  {due}{late}  {state}"


tickets = group_of(
    "tickets",
    "Voir, ouvrir et clore les tickets de renouvellement de certificats.",
    {
        "list_tickets": Shown(_line, "Aucun ticket : sge-sim tickets open en ouvre un."),
        "open_ticket": Shown(_line),
        "close": Shown(_line),
    },
)
