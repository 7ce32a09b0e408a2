"""Whether a database is ours and up to date, and how it gets there.

A migration is a file `versions/NNNN_name.py` whose revision is its number, so what is the newest
is known from the names, without loading Alembic: a start with nothing to do costs one query.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, String, column, func, inspect, select, table

from sge_sim.errors import UsageError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).with_name("migrations")

_VERSION = table("alembic_version", column("version_num", String))
# Any number of our own: it names the lock that PostgreSQL keeps while somebody migrates.
_LOCK = 7_436_001
_LONG_LOCK = 7_436_002


def revisions() -> list[str]:
    """Return the revisions that this version knows, oldest first."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def stored_revision(connection: Connection) -> str | None:
    """Return the revision of a database; nothing for an empty one.

    Raises `UsageError` when its tables aren't ours, or come from a later version.
    """
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    revision: str | None = (
        connection.scalar(select(_VERSION.c.version_num)) if _VERSION.name in tables else None
    )
    if revision is None:
        raise UsageError(
            "cette base contient des tables qui ne sont pas celles de sge-sim : "
            "en indiquer une autre ou une vide."
        )
    if revision not in revisions():
        raise UsageError(
            f"cette base vient d'une version plus récente de sge-sim (schéma {revision}) : "
            "mettre sge-sim à jour ou indiquer une autre base."
        )
    return revision


def lock(connection: Connection) -> None:
    """Let one process at a time go past this point, until its transaction ends.

    A writing transaction of SQLite is alone already.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def lock_for_long(connection: Connection) -> None:
    """Let one process at a time go past this point on PostgreSQL, until its connection is closed.

    Who comes after waits for as long as that lasts.
    """
    connection.exec_driver_sql("SET lock_timeout = 0")
    connection.execute(select(func.pg_advisory_lock(_LONG_LOCK)))


def is_up_to_date(connection: Connection) -> bool:
    """Tell whether the schema is the newest; raises `UsageError` as `stored_revision` does."""
    return stored_revision(connection) == revisions()[-1]


def bring_up_to_date(connection: Connection) -> None:
    """Create or migrate the schema; several processes may call at once.

    All of it belongs to the transaction of `connection`: it is done or it isn't.
    """
    lock(connection)
    if not is_up_to_date(connection):
        _migrate(connection)


def alembic_config(connection: Connection) -> "Config":
    """Return what Alembic's commands need to work through `connection`."""
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _migrate(connection: Connection) -> None:
    # Loaded here because it is a fifth of a second that a start can do without.
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
