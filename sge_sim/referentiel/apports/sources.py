"""Opens files of points, and brings in those of a folder, all or none."""

import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sge_sim.errors import UsageError, system_reason
from sge_sim.facts.database import Database
from sge_sim.referentiel.apports.lecture import Faute, Format, Source
from sge_sim.referentiel.apports.versement import import_points

_PIECE: Final = 2**16
_log = logging.getLogger(__name__)
_FORMATS: Final[dict[str, Format]] = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


def source_of(path: Path) -> Source:
    """Return the source of a file, of which the name tells how it is written; `-` is the input."""
    if str(path) == "-":
        return Source("l'entrée", _pieces(path))
    if not path.exists():
        raise UsageError(f"{path} n'existe pas.")
    return Source(path.name, _pieces(path), _FORMATS.get(path.suffix.lower()))


def sources_in(folder: Path) -> list[Source]:
    """Return the files of points of a folder (.csv, .jsonl, .ndjson), by name; actors come first,
    measures last.

    Raises `UsageError` where there is none.
    """
    found = sorted(path for path in folder.glob("*") if path.suffix.lower() in _FORMATS)
    if not found:
        raise UsageError(
            f"{folder} ne contient aucun fichier de points : y mettre un .csv ou un .jsonl "
            "(sge-sim points modele en donne le modèle)."
        )
    return [source_of(path) for path in sorted(found, key=rank_of)]


def rank_of(path: Path) -> int:
    """Return when a file is to be read: actors before the points that name them, measures last."""
    try:
        with path.open("rb") as file:
            words = re.findall(rb"\w+", file.readline(_PIECE))
    except OSError:
        return 1  # said when it is read
    return 0 if b"acteur" in words else 2 if b"jour" in words else 1


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
    except OSError as error:
        raise UsageError(f"{path} ne peut pas être lu : {system_reason(error)}.") from error


def import_folder(database: Database, folder: Path) -> None:
    """Bring in the points of a folder; those that are there as given stay.

    Raises `UsageError` naming the first fault, and imports nothing, where there is one.
    """
    first: list[Faute] = []

    def keep(faute: Faute) -> None:
        if not first:
            first.append(faute)

    bilan = import_points(database, sources_in(folder), report=keep, wait=True)
    if bilan.remarques:
        _log.warning("%d remarques : points import --essai les donne.", bilan.remarques)
    if first:
        others = f" (et {bilan.fautes - 1} de plus)" if bilan.fautes > 1 else ""
        raise UsageError(
            f"{str(first[0]).removesuffix('.')}{others} : rien n'est importé ; "
            f"sge-sim points import --essai les donne toutes."
        )
