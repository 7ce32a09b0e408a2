"""The schema: what is made of it, and the databases that are refused."""

import hashlib
import sqlite3
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from many_processes import PROCESSES, run_at_once
from sqlalchemy import Connection, inspect

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.schema.data_folder import SCHEMA, TABLES_OF_SCHEMA, prepare
from sge_sim.tables.models import Base

NEW_FILES = 100


def prepare_file(path: Path) -> None:
    database = Database(sqlite_url(path))
    prepare(database)
    database.dispose()


def test_who_changes_a_table_raises_the_number(database: Database) -> None:
    """Both stand together; a database with other tables can't bear the same number."""
    with closing(sqlite3.connect(str(database.engine.url.database))) as connection:
        tables = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()
    made = " ".join(" ".join(sql.split()) for (sql,) in tables)
    assert hashlib.sha256(made.encode()).hexdigest()[:16] == TABLES_OF_SCHEMA


def test_two_processes_may_prepare_a_database_at_once(tmp_path: Path) -> None:
    run_at_once(3, prepare_file, tmp_path / "sge-sim.db")


def open_new_files(folder: Path, together: "Barrier") -> None:
    for number in range(NEW_FILES):
        database = Database(sqlite_url(folder / f"{number}.db"))
        together.wait(60)
        with database.reading() as connection:
            connection.exec_driver_sql("PRAGMA user_version")
        together.wait(60)
        database.dispose()


def test_several_processes_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    """SQLite says « database is locked » at once to some of those that ask for its WAL."""
    run_at_once(4, open_new_files, tmp_path, PROCESSES.Barrier(4))


def test_what_fails_midway_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_after_making(connection: Connection, checkfirst: bool) -> None:
        make(connection, checkfirst=checkfirst)
        raise KeyboardInterrupt

    make = Base.metadata.create_all
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    monkeypatch.setattr(Base.metadata, "create_all", fail_after_making)
    with pytest.raises(KeyboardInterrupt):
        prepare(database)
    assert inspect(database.engine).get_table_names() == []
    monkeypatch.undo()
    prepare(database)
    assert "point" in inspect(database.engine).get_table_names()
    database.dispose()


def refusal(path: Path) -> str:
    database = Database(sqlite_url(path))
    with pytest.raises(UsageError) as caught:
        prepare(database)
    database.dispose()
    told = str(caught.value)
    assert "\n" not in told
    return told


def test_a_database_with_the_tables_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE invoices (id INTEGER)")
    connection.close()
    assert "ne sont pas celles de sge-sim" in refusal(path)


@pytest.mark.parametrize(
    ("numero", "change"),
    [
        ("35", "UPDATE schema_sge_sim SET numero = 35"),
        ("9999", "UPDATE schema_sge_sim SET numero = 9999"),
        (
            "0035",  # as the versions before kept theirs
            "DROP TABLE schema_sge_sim; CREATE TABLE alembic_version (version_num TEXT);"
            "INSERT INTO alembic_version VALUES ('0035')",
        ),
    ],
)
def test_a_database_of_another_version_is_refused(tmp_path: Path, numero: str, change: str) -> None:
    path = tmp_path / "other.db"
    prepare_file(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(change)
    message = refusal(path)
    assert f"schéma {numero} ; celle-ci lit le schéma {SCHEMA}" in message
    assert "sge-sim points export" in message
    assert "sge-sim points import" in message
