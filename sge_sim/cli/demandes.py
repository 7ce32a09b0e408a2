"""`sge-sim demandes`: the demands of M023."""

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from sge_sim.cli.completion import acteurs
from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.domaine.nomenclatures import FluxM023
from sge_sim.errors import UnknownError

if TYPE_CHECKING:
    from sge_sim.api.flux import DemandeM023View


@click.group("demandes", help="Voir les demandes M023 et leurs fichiers.")
def group() -> None:
    """The commands on the demands of M023."""


@group.command("list", help="Donner les demandes, de la plus récente à la plus ancienne.")
@click.option(
    "--flux", type=click.Choice(get_args(FluxM023), case_sensitive=False), help="Sorte de flux."
)
@click.option("--acteur", help="Code de l'acteur.", shell_complete=acteurs)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@data_dir_option
@json_option
def list_command(
    flux: FluxM023 | None, acteur: str | None, limit: int, data_dir: Path, as_json: bool
) -> None:
    from sge_sim.api.flux import DemandeM023View
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.m023 import demandes_m023

    with open_database(data_dir).sessions() as session:
        found = demandes_m023(session, limit, flux=flux, acteur_code=acteur and acteur.upper())
        views = [DemandeM023View.of(demande) for demande in found]
    if as_json:
        say_json(views)
        return
    if not views:
        click.echo("Aucune demande ne répond à ces critères.", err=True)
    for view in views:
        click.echo(_line(view))


@group.command(help="Dire tout d'une demande, et ses fichiers : sge-sim flux show en dit plus.")
@click.argument("affaire")
@data_dir_option
@json_option
def show(affaire: str, data_dir: Path, as_json: bool) -> None:
    from sge_sim.api.flux import DemandeM023View, FichierView
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.m023 import fichiers_m023, find_demande_m023

    with open_database(data_dir).sessions() as session:
        demande = find_demande_m023(session, affaire)
        if demande is None:
            raise UnknownError(
                f"Aucune demande ne porte le numéro {affaire} : sge-sim demandes list.", affaire
            )
        view = DemandeM023View.of(demande)
        fichiers = [FichierView.of(fichier) for fichier in fichiers_m023(session, affaire)]
    if as_json:
        say_json(view.model_dump() | {"fichiers": fichiers})
        return
    click.echo(_line(view))
    for fichier in fichiers:
        click.echo(f"        {fichier.nom}  {fichier.taille} octets")


def _line(view: "DemandeM023View") -> str:
    return (
        f"{view.affaire_id}  {view.demandee:%d/%m/%Y %H:%M}  {view.acteur:<8}  {view.flux} "
        f"{view.format}, {view.points} points  {view.etat}"
    )
