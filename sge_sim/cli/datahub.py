"""`sge-sim datahub`, `tickets`: the portal of Datahub and what is done there, the tickets of SPICE.

The tickets are renewals of production certificates.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import RegularFile, data_dir_option, json_option, say_list
from sge_sim.cli.state import database_of
from sge_sim.clock import machine_now
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from sge_sim.api.datahub import TicketView

Liste = Literal["comptes", "contrats"]


@click.group("datahub", help="Voir les comptes et contrats de Datahub, et agir comme au portail.")
def datahub() -> None:
    """The commands on Datahub."""


@datahub.command("list", help="Donner les comptes ou les contrats de Datahub.")
@click.argument("quoi", type=click.Choice(get_args(Liste)))
@data_dir_option
@json_option
def list_command(quoi: Liste, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.datahub import CompteView, ContratDatahubView
    from sge_sim.tables.datahub import comptes_datahub, contrats_datahub

    with database_of(data_dir).sessions() as session:
        if quoi == "comptes":
            comptes = [CompteView.of(compte) for compte in comptes_datahub(session)]
            say_list(comptes, as_json, lambda view: f"{view.email}  {view.acteur}  {view.nom}")
        else:
            contrats = [
                ContratDatahubView.of(session, contrat, data_dir)
                for contrat in contrats_datahub(session)
            ]
            say_list(contrats, as_json, lambda view: f"{view.numero}  {view.acteur}  {view.etat}")


def _actions(_ctx: object, _param: object, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from sge_sim.admin.datahub_acts import ACTES

    return [
        CompletionItem(name, help=acte.usage)
        for name, acte in ACTES.items()
        if name.startswith(incomplete)
    ]


@datahub.command(
    "act",
    help="Agir sur Datahub : une ACTION et ses champs, par exemple « signer par=lea@exemple.fr "
    "numero=1200 ». Sans action, elles sont données avec leurs champs.",
)
@click.argument("action", required=False, shell_complete=_actions)
@click.argument("champs", metavar="[CHAMP=VALEUR]...", nargs=-1)
@data_dir_option
def act_command(action: str | None, champs: tuple[str, ...], data_dir: Path) -> None:
    from sge_sim.admin.datahub_acts import ACTES, do_act
    from sge_sim.admin.routes.forms import Form
    from sge_sim.facts.stored_clock import instant_within

    if action is None:
        for name, acte in ACTES.items():
            click.echo(f"{name:<22} {acte.usage}")
        return
    fields: dict[str, list[str]] = {}
    known = {champ.strip("[]") for champ in ACTES[action].champs} if action in ACTES else set()
    for champ in champs:
        name, separator, value = champ.partition("=")
        if not separator or (known and name not in known):
            wanted = ACTES[action].usage if action in ACTES else "champ=valeur"
            raise UsageError(f"« {champ} » ne convient pas : écrire {wanted}.")
        fields.setdefault(name, []).append(value)
    with database_of(data_dir).transaction() as session:
        do_act(session, action, Form(fields), instant_within(session))
    click.echo("Fait.")


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
