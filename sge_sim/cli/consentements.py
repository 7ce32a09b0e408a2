"""`sge-sim consentements`: what the simulated customers share, through Data Connect."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.completion import prms
from sge_sim.cli.options import data_dir_option, json_option, say_json

if TYPE_CHECKING:
    from sge_sim.api.data_connect import ConsentementView


@click.group("consentements", help="Voir et retirer les consentements donnés dans Data Connect.")
def group() -> None:
    """The commands on consents."""


@group.command("list", help="Donner les consentements, du plus ancien au plus récent.")
@click.option("--prm", help="Numéro du point.", shell_complete=prms)
@data_dir_option
@json_option
def list_command(prm: str | None, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.data_connect import ConsentementView
    from sge_sim.facts.stored_clock import StoredClock
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.dataconnect import consentements

    database = open_database(data_dir)
    now = StoredClock(database).now()
    with database.sessions() as session:
        found = [ConsentementView.of(one, now) for one in consentements(session, prm)]
    if as_json:
        say_json(found)
    elif not found:
        click.echo("Aucun consentement.", err=True)
    else:
        for one in found:
            click.echo(_line(one))


@group.command("remove", help="Retirer un consentement, comme le client le peut à tout moment.")
@click.argument("numero", type=click.IntRange(1))
@data_dir_option
def remove_command(numero: int, data_dir: Path) -> None:
    from sge_sim.api.data_connect import ConsentementView
    from sge_sim.dataconnect.consentements import remove_consentement
    from sge_sim.facts.stored_clock import instant_within
    from sge_sim.schema.data_folder import open_database

    with open_database(data_dir).transaction() as session:
        now = instant_within(session)
        line = _line(ConsentementView.of(remove_consentement(session, numero, now), now))
    click.echo(line)


def _line(one: "ConsentementView") -> str:
    state = "en vigueur" if one.en_vigueur else one.motif_fin
    return (
        f"{one.id:>6}  {one.prm}  {one.client} → {one.application} ({one.acteur})  "
        f"du {one.du:%d/%m/%Y} au {one.au:%d/%m/%Y}  {state}"
    )
