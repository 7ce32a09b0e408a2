"""The schema: what migrations make, and the databases that are refused."""

import sqlite3
import subprocess
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from many_processes import PROCESSES
from sqlalchemy import inspect

from sge_sim.errors import UsageError
from sge_sim.store import schema
from sge_sim.store.database import Database, sqlite_url
from sge_sim.store.models import Base

NEW_FILES = 100


def prepare(path: Path) -> None:
    database = Database(sqlite_url(path))
    database.prepare()
    database.dispose()


def test_the_migrations_make_exactly_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_comparison_of_the_schema_sees_a_missing_column(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE acteur DROP COLUMN nom")
        context = MigrationContext.configure(connection)
        assert [difference[0] for difference in compare_metadata(context, Base.metadata)] == [
            "add_column"
        ]


def test_every_migration_is_numbered_after_the_one_before() -> None:
    revisions = schema.revisions()
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


def test_a_start_with_nothing_to_migrate_does_not_load_alembic(tmp_path: Path) -> None:
    prepare(tmp_path / "sge-sim.db")
    program = (
        "import sys\n"
        "from sge_sim.store.database import Database\n"
        f"database = Database('sqlite:///{tmp_path}/sge-sim.db')\n"
        "database.prepare()\n"
        "database.dispose()\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_two_processes_may_prepare_a_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sge-sim.db"
    processes = [PROCESSES.Process(target=prepare, args=(path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]


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
    together = PROCESSES.Barrier(4)
    processes = [
        PROCESSES.Process(target=open_new_files, args=(tmp_path, together)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail_after_migrating(connection: object) -> None:
        migrate(connection)
        raise KeyboardInterrupt

    migrate = schema._migrate
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    monkeypatch.setattr(schema, "_migrate", fail_after_migrating)
    with pytest.raises(KeyboardInterrupt):
        database.prepare()
    assert inspect(database.engine).get_table_names() == []
    monkeypatch.undo()
    database.prepare()
    assert "point" in inspect(database.engine).get_table_names()
    database.dispose()


def refusal(path: Path) -> str:
    database = Database(sqlite_url(path))
    with pytest.raises(UsageError) as caught:
        database.prepare()
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


def test_a_database_of_a_later_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    prepare(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "version plus récente de sge-sim (schéma 9999)" in refusal(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("Ceci n'est pas une base. " * 100, encoding="utf-8")
    assert "ne peut pas être lue (file is not a database)" in refusal(path)


def test_a_database_in_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert "ne peut pas être lue" in refusal(tmp_path / "nowhere" / "sge-sim.db")
