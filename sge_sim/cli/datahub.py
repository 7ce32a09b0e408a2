"""`sge-sim datahub`: the accounts and contracts of Datahub, and what is done there."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Liste = Literal["comptes", "contrats"]


@click.group("datahub", help="Voir les comptes et contrats de Datahub, et agir comme au portail.")
def group() -> None:
    """The commands on Datahub."""


@group.command("list", help="Donner les comptes ou les contrats de Datahub.")
@click.argument("quoi", type=click.Choice(get_args(Liste)))
@data_dir_option
@json_option
def list_command(quoi: Liste, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.datahub import CompteView, ContratDatahubView
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.datahub import comptes_datahub, contrats_datahub

    with open_database(data_dir).sessions() as session:
        comptes = [CompteView.of(compte) for compte in comptes_datahub(session)]
        contrats = [
            ContratDatahubView.of(session, contrat, data_dir)
            for contrat in contrats_datahub(session)
        ]
    if as_json:
        say_json(comptes if quoi == "comptes" else contrats)
    elif quoi == "comptes":
        for compte in comptes:
            click.echo(f"{compte.email}  {compte.acteur}  {compte.nom}")
    else:
        for contrat in contrats:
            click.echo(f"{contrat.numero}  {contrat.acteur}  {contrat.etat}")


def _actions(_ctx: object, _param: object, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from sge_sim.admin.datahub_acts import ACTES

    return [
        CompletionItem(name, help=acte.usage)
        for name, acte in ACTES.items()
        if name.startswith(incomplete)
    ]


@group.command(
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
    from sge_sim.schema.data_folder import open_database

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
    with open_database(data_dir).transaction() as session:
        do_act(session, action, Form(fields), instant_within(session))
    click.echo("Fait.")
