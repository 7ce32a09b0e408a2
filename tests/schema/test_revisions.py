"""The schema: what its migration makes, and the databases that are refused."""

import hashlib
import sqlite3
import subprocess
import sys
from contextlib import closing
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from many_processes import PROCESSES
from sqlalchemy import inspect

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.schema import data_folder as schema
from sge_sim.schema.data_folder import prepare

NEW_FILES = 100
SCHEMA = (["0035"], "14cdb4719846e191")
"""The number of the schema, and what its tables are: both change together."""


def prepare_file(path: Path) -> None:
    database = Database(sqlite_url(path))
    prepare(database)
    database.dispose()


def test_who_changes_a_table_raises_the_number(database: Database) -> None:
    """A database of another number is refused: one with other tables can't bear the same."""
    with closing(sqlite3.connect(str(database.engine.url.database))) as connection:
        tables = connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        ).fetchall()
    made = " ".join(" ".join(sql.split()) for (sql,) in tables)
    assert (schema.revisions(), hashlib.sha256(made.encode()).hexdigest()[:16]) == SCHEMA


def test_a_start_with_nothing_to_migrate_does_not_load_alembic(tmp_path: Path) -> None:
    prepare_file(tmp_path / "sge-sim.db")
    program = (
        "import sys\n"
        "from sge_sim.facts.database import Database\n"
        "from sge_sim.schema.data_folder import prepare\n"
        f"database = Database('sqlite:///{tmp_path}/sge-sim.db')\n"
        "prepare(database)\n"
        "database.dispose()\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_alembic_is_loaded_before_the_lock_is_taken(tmp_path: Path) -> None:
    """In a new environment that takes seconds, for which others would wait."""
    program = (
        "import sys\n"
        "from sge_sim.facts.database import Database\n"
        "from sge_sim.schema.data_folder import prepare\n"
        "loaded = []\n"
        "alone = Database.alone\n"
        "Database.alone = lambda of: loaded.append('alembic.command' in sys.modules) or alone(of)\n"
        f"database = Database('sqlite:///{tmp_path}/sge-sim.db')\n"
        "prepare(database)\n"
        "database.dispose()\n"
        "sys.exit(loaded != [True])\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_two_processes_may_prepare_a_database_at_once(tmp_path: Path) -> None:
    path = tmp_path / "sge-sim.db"
    processes = [PROCESSES.Process(target=prepare_file, args=(path,)) for _ in range(3)]
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
    def fail_after_upgrading(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise KeyboardInterrupt

    upgrade = command.upgrade
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    monkeypatch.setattr(command, "upgrade", fail_after_upgrading)
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


@pytest.mark.parametrize("revision", ["0020", "9999"])
def test_a_database_of_another_version_is_refused(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "other.db"
    prepare_file(path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    message = refusal(path)
    assert f"schéma {revision} ; celle-ci lit le schéma {schema.revisions()[-1]}" in message
    assert "la retirer" in message
