"""`sge-sim health`: whether the simulator of a folder serves and keeps what it answers."""

import sys
from pathlib import Path

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.errors import UsageError
from sge_sim.processes.serving_note import find_served


@click.command(
    help="Dire si le simulateur de ce dossier sert, et si son journal est entier ; sinon le code "
    "de sortie est 1. Pour la sonde d'un conteneur."
)
@data_dir_option
@json_option
def health(data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.administration import Administration

    served = find_served(data_dir)
    if served is None:
        click.echo(f"sge-sim : aucun simulateur ne sert {data_dir}.", err=True)
        sys.exit(1)
    try:
        found = Administration(served.admin_url).get("/health")
    except UsageError as error:
        click.echo(f"sge-sim : {error}", err=True)
        sys.exit(1)
    if as_json:
        say_json(found)
    else:
        click.echo(found["etat"])
    sys.exit(0 if found["etat"] == "ok" else 1)
