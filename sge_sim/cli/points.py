"""`sge-sim points`: look at the points of a simulator, and set what they are.

What their measures depend on, what happens to them; what was measured on one, and copies of one.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import click
import yaml

from sge_sim.cli.completion import prms
from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.options import (
    INSTANT,
    data_dir_option,
    json_option,
    say_json,
)
from sge_sim.cli.points_apports import (
    export_command,
    import_command,
    modele_command,
    remove_command,
)
from sge_sim.cli.state import administration_of, database_of
from sge_sim.clock import legal_date
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.api.points import PointView


_SHOWN: Final = ("comptage", "situation", "mesures", "services")


def _point_line(view: "PointView") -> str:
    described = view.pourquoi or f"{view.client or '-'}, {view.code_postal} {view.commune}"
    return f"{view.prm}  {view.segment}  {view.etat_contractuel:<6}  {described}"


def _yaml(known: Mapping[str, Any]) -> str:
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False).rstrip("\n")


def _set(point: Mapping[str, Any]) -> str:
    return _yaml({point["prm"]: {name: point.get(name, {}) for name in _SHOWN}})


points = group_of(
    "points",
    "Voir et régler les points du jeu de données.",
    {
        "list_points": Shown(_point_line),
        "show": Shown(_yaml),
        "set_point": Shown(_set),
    },
)
for each in (
    import_command,
    modele_command,
    export_command,
    remove_command,
):
    points.add_command(each)


@points.command(
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
@click.option("--debut", metavar="JOUR", type=INSTANT, required=True, help="Premier jour.")
@click.option("--fin", metavar="JOUR", type=INSTANT, required=True, help="Premier jour non donné.")
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
    found = administration_of(data_dir).get(
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


@points.command(
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
    from sge_sim.commandes.echeances import transaction_on
    from sge_sim.referentiel.points import copy_point

    with transaction_on(database_of(data_dir), comme) as (session, _, _):
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
