"""`sge-sim snapshot`, `reset`, `settings`, `token`: a simulator as a whole."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from sge_sim.admin.token import draw_token
from sge_sim.cli.declared import Shown, command_of
from sge_sim.cli.options import data_dir_option


def _settings(found: Iterable[tuple[str, Any]]) -> str:
    texts = (
        (name, ", ".join(map(str, value)) if isinstance(value, list) else value)
        for name, value in found
    )
    return "\n".join(f"{name:<24} {'-' if text in (None, '') else text}" for name, text in texts)


snapshot = command_of("snapshot", {}, subject="etat")
reset = command_of("reset", {}, subject="etat")
settings = command_of("settings", {"show_settings": Shown(_settings)}, subject="etat")


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
