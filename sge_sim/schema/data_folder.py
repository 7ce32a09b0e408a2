"""The state in its folder: whether it is ours and up to date, how it gets there, how it is opened.

A migration is a file `versions/NNNN_name.py` whose revision is its number, so what is the newest
is known from the names, without loading Alembic: a start with nothing to do costs one query.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, Connection, MetaData, String, Table, inspect, select
from sqlalchemy.exc import DBAPIError

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.facts.locks import lock
from sge_sim.machine.files import make_private_file
from sge_sim.settings import Settings, variable_of
from sge_sim.settings.own_folder import settings_beside
from sge_sim.tables.apports import is_installed
from sge_sim.tables.prepared import Driver

if TYPE_CHECKING:
    from sge_sim.journal import Journal


MIGRATIONS = Path(__file__).with_name("migrations")

VERSION: Final = Table("alembic_version", MetaData(), Column("version_num", String))
"""Where Alembic keeps the revision of a database."""


def revisions() -> list[str]:
    """Return the revisions that this version knows, oldest first."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def stored_revision(connection: Connection) -> str | None:
    """Return the revision of a database; nothing for an empty one.

    Raises `UsageError` when its tables aren't ours, or are those of another version.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    revision: str | None = (
        connection.scalar(select(VERSION.c.version_num)) if VERSION.name in tables else None
    )
    if revision is None:
        raise UsageError(
            "cette base contient des tables qui ne sont pas celles de sge-sim : "
            "en indiquer une autre ou une vide."
        )
    if revision not in revisions():
        raise UsageError(
            f"cette base vient d'une autre version de sge-sim (schéma {revision} ; celle-ci lit le "
            f"schéma {revisions()[-1]}) : la retirer, ou en indiquer une autre."
        )
    return revision


def prepare(database: Database) -> None:
    """Create or migrate the tables of a database when they need it; several processes may call.

    A new file is for its owner alone: it holds the keys and passwords of channels. Raises
    `UsageError` when the database can't be opened, isn't ours or is of another version.
    """
    url = database.engine.url
    if url.get_backend_name() == "sqlite" and url.database is not None:
        with suppress(OSError):  # opening it says why
            make_private_file(Path(url.database))
    try:
        with database.reading() as connection:
            if is_up_to_date(connection):
                return
        upgrade = _load_upgrade()
        with database.alone(), database.writing_connection() as connection, connection.begin():
            if url.get_backend_name() != "sqlite":
                Driver.of(connection).connection.silence_seconds = None  # as long as it takes
                connection.detach()  # the pool's others have their bound
            lock(connection)
            if not is_up_to_date(connection):  # another process may have been faster
                upgrade(connection)
    except DBAPIError as error:
        raise UsageError(
            f"la base {url.render_as_string()} ne peut pas être lue ({error.orig}) : vérifier "
            "l'adresse, les droits et la place, ou en indiquer une autre."
        ) from error


def is_up_to_date(connection: Connection) -> bool:
    """Tell whether the schema is the newest; raises `UsageError` as `stored_revision` does."""
    return stored_revision(connection) == revisions()[-1]


def _load_upgrade() -> Callable[[Connection], None]:
    """Return what creates or migrates the schema, in the transaction of a connection.

    Alembic is loaded for it, before any lock is taken: a fifth of a second, that a start can do
    without, and many times that where Python has its bytecode still to make.
    """
    from alembic import command
    from alembic.config import Config

    def upgrade(connection: Connection) -> None:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "head")

    return upgrade


def open_database(data_dir: Path) -> Database:
    """Open the database of `data_dir`, or the one that `database_url` names.

    That setting is read in its variable, then in `sge-sim.toml`. Raises `UsageError` where no
    simulator was started, or its first start hasn't put its data there yet.
    """
    settings = Settings(data_dir=data_dir, database_url=named_database(data_dir))
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


def named_database(data_dir: Path) -> str | None:
    """Return the address of a database that the variable, or a folder's settings, name."""
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
