"""Keeping the state of a PostgreSQL aside and bringing it back: a schema of its own for each name.

Files that were published are there by their digest, and stay: a state that comes back finds its
own. So do the journal, whose marks say what came after, and what isn't state (`plateforme`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Insert,
    MetaData,
    String,
    Table,
    insert,
    inspect,
    select,
    text,
)

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.tables.models import Base, Ecriture
from sge_sim.tables.plateforme import next_epoque
from sge_sim.tables.prepared import Driver

_PREFIX: Final = "instantane_"
_VERSION: Final = Table("alembic_version", MetaData(), Column("version_num", String))
_COUNTED: Final = Base.metadata.tables[Ecriture.__tablename__]
"""Its count never goes back: what is kept of the state is found stale by it."""


def keep_aside(database: Database, nom: str) -> None:
    """Copy every table as it is now, while others write on; in place of an earlier copy."""
    schema = _schema(nom)
    engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with (
        database.alone(),
        engine.connect() as connection,
        connection.begin(),
        _at_length(connection),
    ):
        connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        for name in (_VERSION.name, *Base.metadata.tables):
            connection.execute(text(f"CREATE TABLE {schema}.{name} AS TABLE public.{name}"))


def is_kept_aside(database: Database, nom: str) -> bool:
    """Tell whether a state was kept under that name."""
    with database.reading() as connection:
        return _schema(nom) in inspect(connection).get_schema_names()


def bring_back(database: Database, nom: str) -> None:
    """Bring the copy back in one transaction; nothing under way elsewhere is published on it.

    Raises `UsageError` for a name that nothing was kept under, or by another version.
    """
    schema = _schema(nom)
    with database.alone(), database.exclusive_transaction() as session:
        connection = session.connection()
        if schema not in inspect(connection).get_schema_names():
            raise UsageError(
                f"Aucun état n'a été mis de côté sous le nom « {nom} » : appeler d'abord "
                f"POST /api/snapshot?nom={nom}."
            )
        kept, present = (
            connection.scalar(select(_copy_of(_VERSION, place).c.version_num))
            for place in (schema, "public")
        )
        if kept != present:
            raise UsageError(
                f"L'état mis de côté sous le nom « {nom} » est d'une autre version : en mettre un "
                "autre de côté."
            )
        next_epoque(session)
        with _at_length(connection):
            tables = [table for table in Base.metadata.sorted_tables if table is not _COUNTED]
            for table in reversed(tables):
                connection.execute(table.delete())
            for table in tables:
                connection.execute(_insertion(table, schema))
            instant = select(_copy_of(_COUNTED, schema).c.instant).scalar_subquery()
            connection.execute(_COUNTED.update().values(instant=instant))


def _insertion(table: Table, schema: str) -> Insert:
    names = [column.name for column in table.columns]
    return insert(table).from_select(names, select(_copy_of(table, schema)))


def _copy_of(table: Table, schema: str) -> Table:
    return table.to_metadata(MetaData(), schema=schema)


def _schema(nom: str) -> str:
    return _PREFIX + nom.replace("-", "_")


@contextmanager
def _at_length(connection: Connection) -> Iterator[None]:
    """Let the server work for as long as it takes, without a word."""
    driver = Driver.of(connection).connection
    before, driver.silence_seconds = driver.silence_seconds, None
    try:
        yield
    finally:
        driver.silence_seconds = before
