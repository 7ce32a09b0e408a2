"""`sge-sim points import`, `modele`, `export`, `remove`: points of one's own, by files."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sge_sim.cli.options import data_dir_option
from sge_sim.cli.state import database_of
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError, system_reason
from sge_sim.machine.files import PRIVATE, writing_atomically

if TYPE_CHECKING:
    from sge_sim.referentiel.apports.lecture import Format

_SHOWN = 1000
_EVERY = 10_000

_format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="CSV avec en-tête, ou un objet JSON par ligne.",
)


@click.command(
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
@data_dir_option
def import_command(
    files: tuple[str, ...], sauf_erreurs: bool, essai: bool, anonymise: bool, data_dir: Path
) -> None:
    from sge_sim.referentiel.apports.lecture import Faute
    from sge_sim.referentiel.apports.sources import rank_of, source_of
    from sge_sim.referentiel.apports.versement import import_points, sentence_of_import

    database = database_of(data_dir)
    shown = 0

    def say(faute: Faute) -> None:
        nonlocal shown
        shown += 1
        if shown <= _SHOWN:
            click.echo(str(faute), err=True)

    bilan = import_points(
        database,
        [source_of(path) for path in sorted(map(Path, files), key=rank_of)],
        report=say,
        progress=_Progress(shown=sys.stderr.isatty()),
        sauf_erreurs=sauf_erreurs,
        essai=essai,
        anonymise=anonymise,
    )
    if shown > _SHOWN:
        click.echo(f"… et {counted(shown - _SHOWN, 'autre erreur', 'autres erreurs')}.", err=True)
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


_mesures_option = click.option(
    "--mesures", is_flag=True, help="Les courbes et les index par jour, au lieu des points."
)
_acteurs_option = click.option(
    "--acteurs", is_flag=True, help="Les acteurs, leurs logins et contrats, au lieu des points."
)


@click.command(
    "modele",
    help="Écrire un modèle : toutes les colonnes, deux points (ou jours de mesures) qui "
    "s'importent.",
)
@_format_option
@_mesures_option
@_acteurs_option
def modele_command(format_: "Format", mesures: bool, acteurs: bool) -> None:
    from sge_sim.referentiel.apports.export import (
        template,
        template_of_acteurs,
        template_of_mesures,
    )

    _refuse_both(mesures, acteurs)
    write = template_of_mesures if mesures else template_of_acteurs if acteurs else template
    click.echo(write(format_), nl=False)


@click.command("export", help="Écrire les points importés, dans la forme où ils s'importent.")
@_format_option
@click.option("--tous", is_flag=True, help="Ceux du jeu de données aussi.")
@_mesures_option
@_acteurs_option
@click.option("--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire.")
@data_dir_option
def export_command(
    format_: "Format",
    tous: bool,
    mesures: bool,
    acteurs: bool,
    sortie: Path | None,
    data_dir: Path,
) -> None:
    from sge_sim.referentiel.apports.export import export_acteurs, export_mesures, export_points

    _refuse_both(mesures, acteurs)
    database = database_of(data_dir)
    pieces = (
        export_mesures(database, format_)
        if mesures
        else export_acteurs(database, format_)
        if acteurs
        else export_points(database, format_, own=not tous)
    )
    if sortie is None:
        for piece in pieces:
            click.echo(piece, nl=False)
    else:
        _write(sortie, pieces)


def _refuse_both(mesures: bool, acteurs: bool) -> None:
    if mesures and acteurs:
        raise UsageError("choisir --mesures ou --acteurs : ce sont deux fichiers.")


def _write(sortie: Path, pieces: Iterator[str]) -> None:
    try:
        with writing_atomically(sortie, PRIVATE) as file:
            file.writelines(piece.encode() for piece in pieces)
    except OSError as error:
        raise UsageError(f"{sortie} ne peut pas être écrit : {system_reason(error)}.") from error


@click.command("remove", help="Retirer des points importés, et ce qui leur appartient.")
@click.argument("prms", metavar="[PRM]...", nargs=-1)
@click.option("--tous", is_flag=True, help="Tous les points importés.")
@data_dir_option
def remove_command(prms: tuple[str, ...], tous: bool, data_dir: Path) -> None:
    from sge_sim.referentiel.apports.retrait import remove_own_points

    if tous == bool(prms):
        raise UsageError("donner les PRM des points à retirer, ou --tous.")
    count = remove_own_points(database_of(data_dir), None if tous else sorted(set(prms)))
    click.echo(f"{counted(count, 'point retiré', 'points retirés')}.")
