"""Brings in the files of points of a folder, all or none."""

from pathlib import Path

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.referentiel.apports.lecture import Faute
from sge_sim.referentiel.apports.sources import sources_in
from sge_sim.referentiel.apports.versement import import_points


def import_folder(database: Database, folder: Path) -> None:
    """Bring in the points of a folder; those that are there as given stay.

    Raises `UsageError` naming the first fault, and imports nothing, where there is one.
    """
    first: list[Faute] = []

    def keep(faute: Faute) -> None:
        if not first:
            first.append(faute)

    bilan = import_points(database, sources_in(folder), report=keep)
    if first:
        others = f" (et {bilan.fautes - 1} de plus)" if bilan.fautes > 1 else ""
        raise UsageError(
            f"{str(first[0]).removesuffix('.')}{others} : rien n'est importé ; "
            f"sge-sim points import --essai les donne toutes."
        )
