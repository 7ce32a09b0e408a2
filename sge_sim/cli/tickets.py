"""`sge-sim tickets`: the tickets of SPICE, renewals of production certificates."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import RegularFile, data_dir_option, json_option, say_list
from sge_sim.cli.state import database_of
from sge_sim.clock import machine_now

if TYPE_CHECKING:
    from sge_sim.api.datahub import TicketView


@click.group("tickets", help="Voir, ouvrir et clore les tickets de renouvellement de certificats.")
def tickets() -> None:
    """The commands on tickets."""


@tickets.command("list", help="Donner les tickets, du plus ancien au plus récent.")
@data_dir_option
@json_option
def list_tickets(data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.datahub import TicketView
    from sge_sim.tables.datahub import tickets_spice

    with database_of(data_dir).sessions() as session:
        views = [TicketView.of(ticket) for ticket in tickets_spice(session)]
    say_list(views, as_json, _ticket_line, "Aucun ticket : sge-sim tickets open en ouvre un.")


@tickets.command("open", help="Déposer le nouveau certificat d'un acteur (PEM).")
@click.argument("acteur", shell_complete=acteurs)
@click.argument("file", metavar="FICHIER", type=RegularFile())
@data_dir_option
def open_command(acteur: str, file: Path, data_dir: Path) -> None:
    from sge_sim.api.datahub import TicketView
    from sge_sim.datahub.spice import open_ticket

    with database_of(data_dir).transaction() as session:
        pem = file.read_text("ascii", "replace")
        view = TicketView.of(open_ticket(session, acteur, pem, machine_now()))
    click.echo(_ticket_line(view))


@tickets.command("close", help="Clore un ticket : enregistrer son certificat en production.")
@click.argument("numero", type=click.IntRange(1))
@data_dir_option
def close_command(numero: int, data_dir: Path) -> None:
    from sge_sim.api.datahub import TicketView
    from sge_sim.datahub.spice import close_ticket

    with database_of(data_dir).transaction() as session:
        view = TicketView.of(close_ticket(session, numero, machine_now()))
    click.echo(_ticket_line(view))


def _ticket_line(view: "TicketView") -> str:
    due = "sans échéance" if view.echeance is None else f"avant le {view.echeance:%d/%m/%Y}"
    late = ", en retard" if view.en_retard else ""
    state = "ouvert" if view.clos_le is None else f"clos le {view.clos_le:%d/%m/%Y}"
    return f"{view.id:>4}  {view.acteur:<8}  {due}{late}  {state}"
