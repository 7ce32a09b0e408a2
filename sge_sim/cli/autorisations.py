"""`sge-sim autorisations`: the client's authorisations that actors declared, and their audit."""

from pathlib import Path
from typing import Any

import click

from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.clock import PARIS
from sge_sim.commandes.autorisations import audit
from sge_sim.state import open_database
from sge_sim.store.commandes import AutorisationClient, autorisations


@click.group("autorisations", help="Voir les autorisations que les acteurs ont déclarées.")
def group() -> None:
    """Hold the commands together."""


@group.command(
    "list",
    help="Donner les déclarations et ce qu'un audit en dirait (critères de la FAQ). "
    "Aucun critère ne fait jamais refuser un appel.",
)
@click.option("--acteur", help="Code de l'acteur, par exemple TIERS1.")
@data_dir_option
@json_option
def list_command(acteur: str | None, data_dir: Path, as_json: bool) -> None:
    with open_database(data_dir).sessions() as session:
        found = [_described(one) for one in autorisations(session, acteur and acteur.upper())]
    if as_json:
        say_json(found)
    else:
        for one in found:
            click.echo(_told(one))


def _described(autorisation: AutorisationClient) -> dict[str, Any]:
    return {
        "id": autorisation.id,
        "declaree_le": autorisation.declared_at.astimezone(PARIS).isoformat(timespec="seconds"),
        "acteur": autorisation.acteur_code,
        "affaire": autorisation.affaire_id,
        "prm": autorisation.prm,
        "nom": autorisation.nom,
        "portee": autorisation.portee,
        "soutirage": autorisation.soutirage,
        "injection": autorisation.injection,
        "du": autorisation.date_debut.isoformat(),
        "au": autorisation.date_fin and autorisation.date_fin.isoformat(),
        "audit": [
            {"critere": one.critere, "respecte": one.respecte, "constat": one.constat}
            for one in audit(autorisation)
        ],
    }


def _told(one: dict[str, Any]) -> str:
    head = f"{one['declaree_le']}  {one['acteur']}  {one['prm']}  {one['portee']}"
    checks = [
        f"        {'oui' if check['respecte'] else 'NON'}  {check['critere']} : {check['constat']}"
        for check in one["audit"]
    ]
    return "\n".join([head, *checks])
