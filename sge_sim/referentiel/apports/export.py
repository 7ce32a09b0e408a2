"""Writes points in the form in which they are brought in, and the template of that form."""

import csv
import io
import json
from collections.abc import Collection, Iterator, Sequence
from importlib.resources import files
from typing import Final

import yaml

from sge_sim.facts.database import Database
from sge_sim.referentiel.apports.acteurs import cells_of_acteur, entry_of
from sge_sim.referentiel.apports.lecture import Format
from sge_sim.referentiel.apports.lignes import cells_of, ligne_of
from sge_sim.referentiel.apports.mots import MOTS, MOTS_ACTEURS, MOTS_JOURS, MOTS_PAR_SORTE
from sge_sim.tables.acteurs import all_acteurs
from sge_sim.tables.apports import points_after
from sge_sim.tables.mesures import days_after

_SLICE: Final = 500
_WORDS: Final = tuple(MOTS.values())


def export_points(database: Database, format_: Format, *, own: bool = True) -> Iterator[str]:
    """Yield a file of points, those of one's own or all, by PRM, in pieces of whole lines.

    What happened to the points since is told as it is now; orders and services are not in it.
    """
    yield header(format_)
    after = ""
    while True:
        with database.sessions() as session:
            found = points_after(session, after, _SLICE, own=own)
            rows = [cells_of(ligne_of(point, mesures), _WORDS) for point, mesures in found]
        if not rows:
            return
        after = rows[-1][0]
        yield written(rows, format_)


def export_mesures(database: Database, format_: Format) -> Iterator[str]:
    """Yield a file of the measures that were given, by PRM and day, in pieces of whole lines."""
    yield header(format_, MOTS_JOURS)
    with database.sessions() as session:
        for days in days_after(session, _SLICE):
            rows = [
                [prm, str(jour), courbe or "", registres or ""]
                for prm, (jour, courbe, registres) in days
            ]
            yield written(rows, format_, MOTS_JOURS)


def export_acteurs(database: Database, format_: Format) -> Iterator[str]:
    """Yield a file of all the actors, by code, in pieces of whole lines."""
    yield header(format_, MOTS_ACTEURS)
    with database.sessions() as session:
        rows = [cells_of_acteur(entry_of(acteur)) for acteur in all_acteurs(session)]
    yield written(rows, format_, MOTS_ACTEURS)


def template(format_: Format, sorte: str = "points") -> str:
    """Return a template of points, of days of measures or of actors, whose lines import as they
    are."""
    words, known = MOTS_PAR_SORTE[sorte], files(__package__).joinpath("modele.yaml").read_bytes()
    rows = [[row.get(nom, "") for nom in words] for row in yaml.safe_load(known)[sorte]]
    return header(format_, words) + written(rows, format_, words)


def header(format_: Format, words: Collection[str] = MOTS) -> str:
    """Return the first line of a CSV; JSON lines have none."""
    return ";".join(words) + "\n" if format_ == "csv" else ""


def written(rows: Sequence[Sequence[str]], format_: Format, words: Collection[str] = MOTS) -> str:
    """Return lines whose cells are given in the order of the words."""
    if format_ == "csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
        return text.getvalue()
    return "".join(
        json.dumps(
            {word: cell for word, cell in zip(words, row, strict=True) if cell},
            ensure_ascii=False,
        )
        + "\n"
        for row in rows
    )
