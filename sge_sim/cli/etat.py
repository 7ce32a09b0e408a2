"""`sge-sim snapshot`, `reset`, `settings`, `health`, `token`: a simulator as a whole."""

import sys
from pathlib import Path
from typing import Any

import click

from sge_sim.admin.token import draw_token
from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.errors import UsageError
from sge_sim.machine.files import make_private_folder
from sge_sim.processes.serving_note import find_served


@click.command(help="Mettre de côté tout l'état du simulateur, pour sge-sim reset.")
@data_dir_option
def snapshot(data_dir: Path) -> None:
    from sge_sim.schema.data_folder import open_database, open_journal
    from sge_sim.schema.snapshot import take_snapshot

    database = open_database(data_dir)
    take_snapshot(database, open_journal(database, data_dir), data_dir)
    click.echo("L'état est mis de côté.")


@click.command(help="Revenir à l'état mis de côté : commandes, points, horloge, journal.")
@data_dir_option
def reset(data_dir: Path) -> None:
    served = find_served(data_dir)
    if served is not None:  # its clock may be moving
        from sge_sim.api.administration import Administration

        Administration(served.admin_url).reset()
    else:
        from sge_sim.schema.data_folder import open_database, open_journal
        from sge_sim.schema.snapshot import restore_snapshot
        from sge_sim.tables.pannes import counters_of

        database = open_database(data_dir)
        restore_snapshot(database, open_journal(database, data_dir), data_dir)
        counters_of(data_dir).forget()
    click.echo("L'état est celui qui avait été mis de côté.")


@click.command(help="Donner les réglages du simulateur qui tourne sur ce dossier.")
@data_dir_option
@json_option
def settings(data_dir: Path, as_json: bool) -> None:
    served = find_served(data_dir)
    found: Any = None if served is None else served.read("/api/settings")
    if found is None:
        raise UsageError(f"aucun simulateur ne sert {data_dir} : le démarrer par sge-sim serve.")
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"{name:<24} {'-' if shown in (None, '') else shown}")


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


@click.command(
    help="Tirer le jeton que demande --admin-host, et le montrer ; le précédent ne vaut plus."
)
@data_dir_option
def token(data_dir: Path) -> None:
    from sge_sim.schema.pieces import changing_pieces

    with changing_pieces(make_private_folder(data_dir)):
        drawn = draw_token(data_dir)
    click.echo(drawn)
