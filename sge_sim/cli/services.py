"""`sge-sim services`: what orders opened on points."""

from pathlib import Path
from typing import get_args

import click

from sge_sim.cli.completion import acteurs, prms
from sge_sim.cli.options import data_dir_option, json_option, say_json
from sge_sim.domaine.nomenclatures import EtatService


@click.group("services", help="Voir les services souscrits.")
def group() -> None:
    """The commands on subscribed services."""


@group.command("list", help="Donner les services souscrits, du dernier commandé au premier.")
@click.option(
    "--etat", type=click.Choice(get_args(EtatService), case_sensitive=False), help="Leur état."
)
@click.option("--prm", help="Numéro du point.", shell_complete=prms)
@click.option("--acteur", help="Code de l'acteur.", shell_complete=acteurs)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@data_dir_option
@json_option
def list_command(
    etat: EtatService | None,
    prm: str | None,
    acteur: str | None,
    limit: int,
    data_dir: Path,
    as_json: bool,
) -> None:
    from sge_sim.api.services import ServiceSouscritView, ServiceView
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.consultation import find_services_souscrits

    with open_database(data_dir).sessions() as session:
        found = find_services_souscrits(
            session, etat=etat, prm=prm, acteur_code=acteur and acteur.upper(), limit=limit
        )
        if as_json:
            say_json([ServiceSouscritView.of(service) for service in found])
            return
        views = [ServiceView.of(service) for service in found]
    if not views:
        click.echo("Aucun service ne répond à ces critères.", err=True)
    for service in views:
        end = "" if service.fin is None else f" au {service.fin:%d/%m/%Y} exclu"
        click.echo(
            f"{service.id:>9}  {service.prm}  {service.acteur or '-':<8}  {service.etat:<8}  "
            f"{' '.join(filter(None, (service.type, service.objet)))}, "
            f"du {service.debut:%d/%m/%Y}{end}"
        )
