"""`sge-sim autorisations`: the client's authorisations that actors declared, and their audit."""

from pathlib import Path
from typing import Any

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import data_dir_option, json_option, say_json


@click.group("autorisations", help="Voir les autorisations que les acteurs ont déclarées.")
def group() -> None:
    """The commands on the clients' authorisations."""


@group.command(
    "list",
    help="Donner les déclarations et ce qu'un audit en dirait (critères de la FAQ). "
    "Aucun critère ne fait jamais refuser un appel.",
)
@click.option("--acteur", help="Code de l'acteur, par exemple TIERS1.", shell_complete=acteurs)
@data_dir_option
@json_option
def list_command(acteur: str | None, data_dir: Path, as_json: bool) -> None:
    from sge_sim.admin.autorisations import view_autorisations
    from sge_sim.schema.data_folder import open_database, open_journal

    database = open_database(data_dir)
    found = view_autorisations(database, open_journal(database, data_dir), acteur)
    if as_json:
        say_json(found)
    else:
        for autorisation in found:
            click.echo(_line(autorisation))


def _line(autorisation: dict[str, Any]) -> str:
    head = "  ".join(str(autorisation[name]) for name in ("declaree_le", "acteur", "prm", "portee"))
    checks = [
        f"        {'oui' if check['respecte'] else 'NON'}  {check['critere']} : {check['constat']}"
        for check in autorisation["audit"]
    ]
    return "\n".join([head, *checks])
