"""Keeping the whole state aside and bringing it back: how a test starts from where the others did.

Several may be kept, by their names. SQLite copies its pages, so it costs a fraction of installing
the data set, and the processes that serve go on with their connections. The journal isn't copied:
it forgets what came after.

On PostgreSQL each name is a schema of its own. Files that were published are there by their digest,
and stay: a state that comes back finds its own. So do the journal, whose marks say what came after,
and what isn't state (`plateforme`).
"""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import Insert, MetaData, Table, insert, inspect, select, text

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import UsageError
from sge_sim.facts.database import PATIENCE_SECONDS, Database
from sge_sim.journal import Journal
from sge_sim.machine import monde
from sge_sim.machine.files import locked, make_private_folder
from sge_sim.schema.data_folder import SCHEMA
from sge_sim.tables.ecritures import Ecriture, Schema
from sge_sim.tables.models import Base
from sge_sim.tables.plateforme import is_shared, next_epoque
from sge_sim.tables.prepared import Driver

_PREFIX: Final = "instantane_"
_COUNTED: Final = Base.metadata.tables[Ecriture.__tablename__]
"""Its count never goes back: what is kept of the state is found stale by it."""
_NUMBERED: Final = Base.metadata.tables[Schema.__tablename__]
_READ_SCHEMA: Final = str(select(_NUMBERED.c.numero))


def keep_aside(database: Database, nom: str) -> None:
    """Copy every table as it is now, while others write on; in place of an earlier copy."""
    schema = _schema(nom)
    engine = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with (
        database.alone(),
        engine.connect() as connection,
        connection.begin(),
        Driver.of(connection).at_length(),
    ):
        connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
        for name in Base.metadata.tables:
            connection.execute(text(f"CREATE TABLE {schema}.{name} AS TABLE public.{name}"))


def is_kept_aside(database: Database, nom: str) -> bool:
    """Tell whether a state was kept under that name."""
    with database.reading() as connection:
        return _schema(nom) in inspect(connection).get_schema_names()


def bring_back(database: Database, nom: str) -> None:
    """Bring the copy back in one transaction; nothing under way elsewhere is published on it.

    Raises `UsageError` for what another version has kept.
    """
    schema = _schema(nom)
    with database.alone(), database.exclusive_transaction() as session:
        connection = session.connection()
        if (
            not inspect(connection).has_table(_NUMBERED.name, schema)
            or connection.scalar(select(_copy_of(_NUMBERED, schema).c.numero)) != SCHEMA
        ):
            raise UsageError(
                f"L'état mis de côté sous le nom « {nom} » est d'une autre version : en mettre un "
                "autre de côté."
            )
        next_epoque(session)
        with Driver.of(connection).at_length():
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


_FOLDER: Final = "instantane"
_NAME: Final = "sge-sim.db"
_NOM: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,12}")
_UNNAMED: Final = "defaut"
_RETRY_SECONDS: Final = 0.01


def take_snapshot(
    database: Database, journal: Journal, data_dir: Path, nom: str = ""
) -> Path | None:
    """Keep the state aside, in place of an earlier one of that name; return the file.

    It is in `data_dir`; without a file in the PostgreSQL that holds the state. One process at a
    time keeps or brings back: the others wait. Raises `UsageError` for a name that can't be one.
    """
    _check_nom(nom)
    if is_shared(database.engine):
        keep_aside(database, nom or _UNNAMED)
        journal.mark(nom)
        return None
    live = _sqlite_file(database)
    folder = make_private_folder(data_dir / _FOLDER)
    with locked(folder):
        for left in folder.glob(".*.db*"):  # by a process that was killed
            monde.unlink(left)
        handle, beside = monde.new_file(folder, ".", ".db")
        os.close(handle)
        try:
            with closing(monde.connect(live)) as origin:
                _copy(origin, beside)
            _check(beside)
            journal.mark(nom)
            return monde.replace(beside, folder / _file_of(nom))
        finally:
            monde.unlink(beside, missing_ok=True)


def restore_snapshot(database: Database, journal: Journal, data_dir: Path, nom: str = "") -> None:
    """Bring the state of that name back: orders, points and clock, and forget later exchanges.

    Files that were published meanwhile stay where they are, exchanges that the journal evicted
    don't come back.

    Raises `UsageError` where none was taken or it can't be used, which leaves the state as it is.
    """
    _check_nom(nom)
    if not is_kept(database, data_dir, nom):
        means = f"POST /api/snapshot?nom={nom}" if nom else "sge-sim snapshot ou POST /api/snapshot"
        raise UsageError(f"Aucun état n'a été mis de côté : le faire d'abord, par {means}.")
    with database.coming_back():
        if is_shared(database.engine):
            bring_back(database, nom or _UNNAMED)
        else:
            file = data_dir / _FOLDER / _file_of(nom)
            with locked(file.parent):
                _check(file)
                with closing(_open_alone(file)) as origin:
                    _copy(origin, _sqlite_file(database))
        journal.forget_after_mark(nom)


def is_kept(database: Database, data_dir: Path, nom: str = "") -> bool:
    """Tell whether a state was kept aside under that name, or without one."""
    if is_shared(database.engine):
        return is_kept_aside(database, nom or _UNNAMED)
    return (data_dir / _FOLDER / _file_of(nom)).exists()


def _check_nom(nom: str) -> None:
    if nom and not _NOM.fullmatch(nom):
        raise UsageError(
            f"« {nom} » n'est pas le nom d'un état : de 1 à 13 lettres sans accent, chiffres ou "
            "tirets, en minuscules."
        )


def _file_of(nom: str) -> str:
    return f"{nom}.etat.db" if nom else _NAME


def _sqlite_file(database: Database) -> Path:
    assert database.engine.url.database is not None
    return Path(database.engine.url.database)


def _copy(origin: sqlite3.Connection, target: Path) -> None:
    """Copy all pages in one transaction; raise `sqlite3.OperationalError` where others write on."""
    begun = stopwatch()

    def give_up_in_time(status: int, _remaining: int, _pages: int) -> None:
        # The driver would try again for ever.
        waiting = status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if waiting and elapsed_ms(begun) > PATIENCE_SECONDS * 1000:
            raise sqlite3.OperationalError("database is locked")
        if waiting:
            monde.sleep(_RETRY_SECONDS)

    with closing(monde.connect(target, timeout=0)) as copy:
        monde.backup(origin, copy, progress=give_up_in_time, sleep=0)


def _open_alone(file: Path) -> sqlite3.Connection:
    """Open a file that nobody writes: no other file is made beside it."""
    return monde.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)


def _check(file: Path) -> None:
    """Raise `UsageError` unless `file` is a whole database of our present schema."""
    sentence = f"{file} n'est pas un état entier de cette version : en mettre un autre de côté."
    try:
        with closing(_open_alone(file)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            numero = connection.execute(_READ_SCHEMA).fetchone()
    except sqlite3.Error as error:
        raise UsageError(sentence) from error
    if not whole or numero != (SCHEMA,):
        raise UsageError(sentence)
