"""`sge-sim points mesures`, `copy`: what was measured on a point, and a point like another one."""

from datetime import datetime
from pathlib import Path
from typing import get_args

import click
import yaml

from sge_sim.cli.completion import prms
from sge_sim.cli.options import InstantType, data_dir_option, json_option, say_json
from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.errors import UsageError
from sge_sim.processes.serving_note import find_served


@click.command(
    "mesures",
    help="Donner en CSV ce qui a été mesuré sur un point, par le simulateur qui sert ce dossier.",
)
@click.argument("prm", shell_complete=prms)
@click.option(
    "--type",
    "type_",
    type=click.Choice(["courbe", "energie", "index", "pmax"]),
    default="energie",
    show_default=True,
    help="Ce qui est donné.",
)
@click.option("--debut", metavar="JOUR", type=InstantType(), required=True, help="Premier jour.")
@click.option(
    "--fin", metavar="JOUR", type=InstantType(), required=True, help="Premier jour non donné."
)
@click.option("--sens", type=click.Choice(get_args(Sens)), help="Celui du contrat du point sinon.")
@data_dir_option
@json_option
def mesures_command(
    prm: str,
    type_: str,
    debut: datetime,
    fin: datetime,
    sens: Sens | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    from sge_sim.api.administration import Administration

    served = find_served(data_dir)
    if served is None:
        raise UsageError(f"aucun simulateur ne sert {data_dir} : le démarrer par sge-sim serve.")
    found = Administration(served.admin_url).get(
        f"/api/points/{prm}/mesures",
        type=type_,
        debut=legal_date(debut),
        fin=legal_date(fin),
        sens=sens,
    )
    if as_json:
        say_json(found)
        return
    columns = found["colonnes"]
    click.echo(";".join(columns))
    for row in zip(*columns.values(), strict=True):
        click.echo(";".join("" if cell is None else str(cell) for cell in row))


@click.command(
    "copy",
    help="Faire un point comme un autre, à des attributs près : --point segment=C4, "
    "--compteur type=LINKY.",
)
@click.argument("comme", metavar="PRM", shell_complete=prms)
@click.option("--prm", help="PRM du nouveau point ; tiré sinon.")
@click.option("--point", "point", multiple=True, metavar="ATTRIBUT=VALEUR", help="Du point.")
@click.option("--compteur", multiple=True, metavar="ATTRIBUT=VALEUR", help="Du compteur.")
@data_dir_option
def copy_command(
    comme: str,
    prm: str | None,
    point: tuple[str, ...],
    compteur: tuple[str, ...],
    data_dir: Path,
) -> None:
    from sge_sim.referentiel.points import copy_point
    from sge_sim.schema.data_folder import open_database

    with open_database(data_dir).transaction() as session:
        made = copy_point(session, comme, prm, _attributes(point), _attributes(compteur))
    click.echo(made)


def _attributes(typed: tuple[str, ...]) -> dict[str, object]:
    """Return attributes as a data set gives them: numbers, dates and truths are read as such."""
    found = {}
    for each in typed:
        name, separator, value = each.partition("=")
        if not separator:
            raise UsageError(f"« {each} » ne convient pas : écrire ATTRIBUT=VALEUR.")
        found[name] = yaml.safe_load(value)
    return found
