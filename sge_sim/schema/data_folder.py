"""The state of a simulator, as the commands that only look at it open it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.schema.pieces import Pieces
from sge_sim.schema.revisions import prepare
from sge_sim.settings import Settings, variable_of
from sge_sim.settings.own_folder import settings_beside
from sge_sim.tables.apports import is_installed

if TYPE_CHECKING:
    from sge_sim.journal import Journal


def open_database(data_dir: Path) -> Database:
    """Open the database of `data_dir`, or the one that `database_url` names.

    That setting is read in its variable, then in `sge-sim.toml`. Raises `UsageError` where no
    simulator was started, or its first start hasn't put its data there yet.
    """
    settings = Settings(data_dir=data_dir, database_url=_database_url(data_dir))
    if settings.database_url is None:
        require(data_dir / "sge-sim.db")
    database = Database(settings.database)
    prepare(database)
    with database.sessions() as session:
        if not is_installed(session):
            raise UsageError(
                f"{data_dir} n'a pas fini d'être préparé : lancer sge-sim serve, "
                "ou le laisser finir."
            )
    return database


@contextmanager
def changing_pieces(data_dir: Path) -> Iterator[None]:
    """Have what the block changes of the files of `data_dir` that are the platform's be changed
    on every machine that shares it."""
    if _database_url(data_dir) is None:
        yield
        return
    database = open_database(data_dir)
    with Pieces(database, data_dir).changing():
        yield
    database.dispose()


def _database_url(data_dir: Path) -> str | None:
    url = os.environ.get(variable_of("database_url"))
    return settings_beside(data_dir).get("database_url") if url is None else url


def open_journal(database: Database, data_dir: Path) -> "Journal":
    """Open the journal that stands beside a state.

    Raises `UsageError` where it can't be used.
    """
    from sge_sim.journal import Journal

    journal = Journal.beside(database, data_dir)
    journal.prepare()
    return journal


def require(part: Path) -> None:
    """Raise `UsageError` where `part`, of a folder of state, isn't there."""
    if not part.exists():
        raise UsageError(
            f"{part.parent} ne contient pas de simulateur : l'indiquer par --data-dir, ou le créer "
            "par sge-sim serve."
        )
