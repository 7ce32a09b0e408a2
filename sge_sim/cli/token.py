"""`sge-sim token`: another token for those who reach the administration from elsewhere."""

from pathlib import Path

import click

from sge_sim.admin.token import draw_token
from sge_sim.cli.options import data_dir_option
from sge_sim.machine.files import make_private_folder


@click.command(
    help="Tirer le jeton que demande --admin-host, et le montrer ; le précédent ne vaut plus."
)
@data_dir_option
def token(data_dir: Path) -> None:
    from sge_sim.schema.data_folder import changing_pieces

    with changing_pieces(make_private_folder(data_dir)):
        drawn = draw_token(data_dir)
    click.echo(drawn)
