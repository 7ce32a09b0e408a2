"""`sge-sim snapshot`, `reset`, `settings`, `token`: a simulator as a whole."""

from pathlib import Path

import click

from sge_sim.admin.token import draw_token
from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.cli.state import served_at, state_of
from sge_sim.errors import UsageError
from sge_sim.processes.serving_note import find_served


@click.command(help="Mettre de côté tout l'état du simulateur, pour sge-sim reset.")
@data_dir_option
def snapshot(data_dir: Path) -> None:
    from sge_sim.schema.snapshot import take_snapshot

    take_snapshot(*state_of(data_dir), data_dir)
    click.echo("L'état est mis de côté.")


@click.command(help="Revenir à l'état mis de côté : commandes, points, horloge, journal.")
@data_dir_option
def reset(data_dir: Path) -> None:
    served = find_served(data_dir)
    if served is not None:  # its clock may be moving
        from sge_sim.api.administration import Administration

        Administration(served.admin_url).reset()
    else:
        from sge_sim.schema.snapshot import restore_snapshot
        from sge_sim.tables.pannes import counters_of

        restore_snapshot(*state_of(data_dir), data_dir)
        counters_of(data_dir).forget()
    click.echo("L'état est celui qui avait été mis de côté.")


@click.command(help="Donner les réglages du simulateur qui tourne sur ce dossier.")
@data_dir_option
@json_option
def settings(data_dir: Path, as_json: bool) -> None:
    found = served_at(data_dir).read("/api/settings")
    if found is None:
        raise UsageError(f"le simulateur de {data_dir} ne répond pas : vérifier qu'il tourne.")
    if as_json:
        say_json(found)
        return
    for name, value in found.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"{name:<24} {'-' if shown in (None, '') else shown}")


@click.command(
    help="Tirer le jeton que demande --admin-host, et le montrer ; le précédent ne vaut plus."
)
@data_dir_option
def token(data_dir: Path) -> None:
    from sge_sim.schema.data_folder import require
    from sge_sim.schema.pieces import changing_pieces

    require(data_dir / "pki")
    with changing_pieces(data_dir):
        drawn = draw_token(data_dir)
    click.echo(drawn)
