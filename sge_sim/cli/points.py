"""`sge-sim points`: look at the points of a simulator, set what they are, bring in one's own."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import yaml

from sge_sim.cli.declared import Shown, group_of
from sge_sim.cli.options import data_dir_option
from sge_sim.cli.state import database_of
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from sge_sim.api.points import PointView


_SHOWN: Final = ("comptage", "situation", "mesures", "services")
_FAUTES: Final = 1000
_REMARQUES: Final = ("autre remarque", "autres remarques")
_EVERY: Final = 10_000


def _point_line(view: "PointView") -> str:
    described = view.pourquoi or f"{view.client or '-'}, {view.code_postal} {view.commune}"
    return f"{view.prm}  {view.segment}  {view.etat_contractuel:<6}  {described}"


def _yaml(known: Mapping[str, Any]) -> str:
    return yaml.safe_dump(known, allow_unicode=True, sort_keys=False).rstrip("\n")


def _set(point: Mapping[str, Any]) -> str:
    return _yaml({point["prm"]: {name: point.get(name, {}) for name in _SHOWN}})


def _csv(found: Mapping[str, Any]) -> str:
    columns = found["colonnes"]
    rows = (
        ";".join("" if cell is None else str(cell) for cell in row)
        for row in zip(*columns.values(), strict=True)
    )
    return "\n".join((";".join(columns), *rows))


points = group_of(
    "points",
    "Voir et régler les points du jeu de données.",
    {
        "list_points": Shown(_point_line),
        "show": Shown(_yaml),
        "set_point": Shown(_set),
        "copy": Shown(lambda point: str(point["prm"])),
        "read_mesures": Shown(_csv),
        "read_histoire": Shown(
            lambda event: f"{event['jour']}  {event['libelle']}", "Rien n'est arrivé à ce point."
        ),
    },
    subject="points apports",
)


@points.command(
    "import",
    help="Importer des points à soi, et leurs acteurs : CSV avec en-tête (points modele) ou un "
    "objet JSON par ligne. Rien n'est importé s'il y a une erreur, chacune est dite avec sa "
    "ligne ; « - » lit l'entrée.",
)
@click.argument("files", metavar="FICHIER...", nargs=-1, required=True, type=click.Path())
@click.option("--sauf-erreurs", is_flag=True, help="Importer les lignes qui n'ont pas d'erreur.")
@click.option("--essai", is_flag=True, help="Vérifier tout et n'importer rien.")
@click.option(
    "--anonymise",
    is_flag=True,
    help="Tirer d'autres PRM, noms, adresses, SIRET et compteurs, par une clé que rien ne garde.",
)
@click.option(
    "--strict", is_flag=True, help="Refuser aussi ce qui n'est que supposé impossible (remarques)."
)
@data_dir_option
def import_command(
    files: tuple[str, ...],
    sauf_erreurs: bool,
    essai: bool,
    anonymise: bool,
    strict: bool,
    data_dir: Path,
) -> None:
    from sge_sim.commandes.annee import declare_line
    from sge_sim.referentiel.apports.lecture import Faute
    from sge_sim.referentiel.apports.sources import rank_of, source_of
    from sge_sim.referentiel.apports.versement import import_points, sentence_of_import

    database = database_of(data_dir)
    shown = {False: 0, True: 0}

    def say(faute: Faute) -> None:
        shown[faute.remarque] += 1
        if shown[faute.remarque] <= _FAUTES:
            click.echo(str(faute), err=True)

    bilan = import_points(
        database,
        [source_of(path) for path in sorted(map(Path, files), key=rank_of)],
        report=say,
        remark=say,
        strict=strict,
        progress=_Progress(shown=sys.stderr.isatty()),
        sauf_erreurs=sauf_erreurs,
        essai=essai,
        anonymise=anonymise,
        declare=declare_line,
    )
    for remarque, words in ((False, ("autre erreur", "autres erreurs")), (True, _REMARQUES)):
        if shown[remarque] > _FAUTES:
            click.echo(f"… et {counted(shown[remarque] - _FAUTES, *words)}.", err=True)
    sentence = sentence_of_import(bilan, essai=essai)
    if bilan.fautes and not (bilan.importe or essai):
        raise UsageError(sentence)
    click.echo(sentence)
    if bilan.fautes:
        raise click.exceptions.Exit(1)


class _Progress:
    """Says on a terminal how many lines were read, now and then."""

    def __init__(self, *, shown: bool) -> None:
        self._shown, self._next = shown, _EVERY

    def __call__(self, lines: int) -> None:
        if self._shown and lines >= self._next:
            self._next = lines + _EVERY
            click.echo(f"{lines} lignes lues", err=True)
