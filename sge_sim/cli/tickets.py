"""`sge-sim tickets`: renewals of production certificates, as SPICE follows them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import RegularFile, data_dir_option, json_option, say_json
from sge_sim.clock import machine_now

if TYPE_CHECKING:
    from sge_sim.api.datahub import TicketView


@click.group("tickets", help="Voir, ouvrir et clore les tickets de renouvellement de certificats.")
def group() -> None:
    """The commands on tickets."""


@group.command("list", help="Donner les tickets, du plus ancien au plus récent.")
@data_dir_option
@json_option
def list_command(data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.datahub import TicketView
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.datahub import tickets_spice

    with open_database(data_dir).sessions() as session:
        views = [TicketView.of(ticket) for ticket in tickets_spice(session)]
    if as_json:
        say_json(views)
        return
    if not views:
        click.echo("Aucun ticket : sge-sim tickets open en ouvre un.", err=True)
    for view in views:
        click.echo(_line(view))


@group.command("open", help="Déposer le nouveau certificat d'un acteur (PEM).")
@click.argument("acteur", shell_complete=acteurs)
@click.argument("file", type=RegularFile())
@data_dir_option
def open_command(acteur: str, file: Path, data_dir: Path) -> None:
    from sge_sim.api.datahub import TicketView
    from sge_sim.datahub.tickets import open_ticket
    from sge_sim.schema.data_folder import open_database

    with open_database(data_dir).transaction() as session:
        pem = file.read_text("ascii", "replace")
        view = TicketView.of(open_ticket(session, acteur, pem, machine_now()))
    click.echo(_line(view))


@group.command("close", help="Clore un ticket : enregistrer son certificat en production.")
@click.argument("numero", type=click.IntRange(1))
@data_dir_option
def close_command(numero: int, data_dir: Path) -> None:
    from sge_sim.api.datahub import TicketView
    from sge_sim.datahub.tickets import close_ticket
    from sge_sim.schema.data_folder import open_database

    with open_database(data_dir).transaction() as session:
        view = TicketView.of(close_ticket(session, numero, machine_now()))
    click.echo(_line(view))


def _line(view: "TicketView") -> str:
    due = "sans échéance" if view.echeance is None else f"avant le {view.echeance:%d/%m/%Y}"
    late = ", en retard" if view.en_retard else ""
    state = "ouvert" if view.clos_le is None else f"clos le {view.clos_le:%d/%m/%Y}"
    return f"{view.id:>4}  {view.acteur:<8}  {due}{late}  {state}"
