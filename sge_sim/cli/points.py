"""`sge-sim points`: look at the points of a simulator."""

import json
from pathlib import Path

import click
import yaml

from sge_sim.cli.options import data_dir_option, json_option
from sge_sim.cli.state import open_database
from sge_sim.referentiel.points import describe_point
from sge_sim.store.points import named_points


@click.group(help="Voir les points du jeu de données.")
def points() -> None:
    """Hold the commands together."""


@points.command("list", help="Donner les points du catalogue et ceux qui illustrent une règle.")
@data_dir_option
@json_option
def list_command(data_dir: Path, as_json: bool) -> None:
    with open_database(data_dir).sessions() as session:
        found = [
            (one.prm, one.segment, one.etat_contractuel, one.pourquoi)
            for one in named_points(session)
        ]
    if as_json:
        names = ("prm", "segment", "etat_contractuel", "pourquoi")
        rows = [dict(zip(names, row, strict=True)) for row in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for prm, segment, etat, pourquoi in found:
            click.echo(f"{prm}  {segment}  {etat:<6}  {pourquoi}")


@points.command(help="Dire tout d'un point.")
@click.argument("prm")
@data_dir_option
@json_option
def show(prm: str, data_dir: Path, as_json: bool) -> None:
    with open_database(data_dir).sessions() as session:
        description = describe_point(session, prm)
    if as_json:
        click.echo(json.dumps(description, ensure_ascii=False, indent=2))
    else:
        click.echo(yaml.safe_dump(description, allow_unicode=True, sort_keys=False), nl=False)
