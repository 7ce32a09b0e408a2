"""`sge-sim health`, which probes and loops call again and again: it loads what it needs alone."""

import json
import sys
from pathlib import Path
from typing import Final

import click

from sge_sim.machine.own_folder import FILE, VARIABLE, default_data_dir, look_at_own_folder
from sge_sim.processes.serving_note import find_served

_PATIENCE_SECONDS: Final = 30


def _folder(_ctx: click.Context, _param: click.Parameter, typed: Path | None) -> Path:
    """Return the folder that is typed, or the default of every command."""
    folder = typed or default_data_dir()
    if typed is None and any((beside / FILE).is_file() for beside in (Path(), folder)):
        from sge_sim.settings.own_folder import settings_beside

        folder = Path(settings_beside(folder).get("data_dir", folder))
    look_at_own_folder(folder)
    return folder


@click.command(
    help="Dire si le simulateur de ce dossier sert, et si son journal est entier ; sinon le code "
    "de sortie est 1. Pour la sonde d'un conteneur."
)
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar=VARIABLE,
    callback=_folder,
    help="Dossier de l'état du simulateur.",
)
@click.option("--json", "as_json", is_flag=True, help="Écrire du JSON.")
def health(data_dir: Path, as_json: bool) -> None:
    served = find_served(data_dir)
    status, found = (0, None) if served is None else served.ask("/health", _PATIENCE_SECONDS)
    if not isinstance(found, dict) or "etat" not in found:
        click.echo(
            f"sge-sim : aucun simulateur ne sert {data_dir} : le démarrer par sge-sim serve."
            if served is None
            else f"sge-sim : l'administration {served.admin_url} ne répond pas : vérifier que le "
            "simulateur tourne.",
            err=True,
        )
        sys.exit(1)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else found["etat"])
    sys.exit(0 if status == 200 and found["etat"] == "ok" else 1)
