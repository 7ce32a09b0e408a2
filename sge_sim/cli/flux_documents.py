"""`sge-sim flux show --tableau` and `flux validate`: what is in a file of R63 to R67 or C68."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from sge_sim.cli.options import data_dir_option
from sge_sim.domaine.francais import counted
from sge_sim.errors import UsageError
from sge_sim.flux.r6x.documents import (
    OCTETS_AU_PLUS,
    read_documents,
    schema_mistakes,
    schema_of,
)
from sge_sim.flux.r6x.tableau import rows_of, write_csv
from sge_sim.machine.files import read_user_file

_WIDEST = 40


def show_rows(documents: Iterator[tuple[str, Any]], *, as_csv: bool) -> None:
    """Print files as tables, or as the portal's CSV; raises `UsageError` for another form."""
    for nom, tree in documents:
        try:
            if as_csv:
                write_csv([tree], sys.stdout)
            else:
                click.echo(nom)
                _show_table([[_text(cell) for cell in row] for row in rows_of(tree)])
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise UsageError(
                f"{nom} n'a pas la forme attendue : sge-sim flux validate dit où."
            ) from None


def _show_table(rows: list[list[str]]) -> None:
    used = [n for n in range(len(rows[0])) if any(row[n] for row in rows[1:])]
    widths = [min(_WIDEST, max(len(row[n]) for row in rows)) for n in used]
    for row in rows:
        cells = (row[n][:width].ljust(width) for n, width in zip(used, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def documents_of(nom: str, data_dir: Path) -> Iterator[tuple[str, Any]]:
    """Return what is in a file: of that path (`-`, the standard input), or that was published
    under that name."""
    from sge_sim.flux.declaration import clear_content
    from sge_sim.schema.data_folder import open_database
    from sge_sim.tables.flux import find_fichier

    path = Path(nom)
    if nom == "-" or path.exists():
        return read_documents(path.name, read_user_file(nom, OCTETS_AU_PLUS))
    with open_database(data_dir).sessions() as session:
        fichier = find_fichier(session, nom)
        if fichier is None:
            raise UsageError(
                f"Aucun fichier ne s'appelle {nom}, ni ici ni parmi ceux de sge-sim flux list."
            )
        return read_documents(nom, clear_content(session, data_dir, fichier))


@click.command(help="Confronter un fichier R63 à R67, C68 ou CR.M023 à nos schémas JSON.")
@click.argument("file")
@data_dir_option
def validate(file: str, data_dir: Path) -> None:
    wrong = 0
    for nom, tree in documents_of(file, data_dir):
        mistakes = schema_mistakes(tree)
        wrong += len(mistakes)
        click.echo(f"{nom} : {schema_of(tree)} {'non conforme' if mistakes else 'conforme'}")
        for mistake in mistakes:
            click.echo(f"  {mistake}")
    if wrong:
        raise UsageError(f"{counted(wrong, 'écart')} au schéma.")


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)
