"""A data set is installed once, whoever comes first; points of one's own are there from the first
call.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from made_states import opened
from many_processes import run_at_once
from points_kit import csv_lines, json_lines, made_points
from sqlalchemy.orm import Session
from state_kit import count_points

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.processes.simulator import open_simulator
from sge_sim.referentiel.dataset import Dataset
from sge_sim.referentiel.population import minimum_size
from sge_sim.schema.data_folder import open_database, prepare
from sge_sim.settings import Settings
from sge_sim.tables.apports import is_installed


def test_every_point_is_inserted(database: Database, dataset: Dataset) -> None:
    size = minimum_size(dataset)
    inserted = install_dataset(database, size=size, seed=1)
    with database.sessions() as session:
        assert inserted == count_points(session) == size + len(dataset.points)


def test_without_a_population_the_named_points_are_there(
    database: Database, dataset: Dataset
) -> None:
    assert install_dataset(database, size=0, seed=1) == len(dataset.points)


def test_a_database_that_is_not_empty_is_left_alone(database: Database) -> None:
    assert install_dataset(database, size=0, seed=1) is not None
    assert install_dataset(database, size=3000, seed=2) is None


def test_a_refused_installation_leaves_the_database_empty(database: Database) -> None:
    with pytest.raises(UsageError):
        install_dataset(database, size=3, seed=1)
    with database.sessions() as session:
        assert not is_installed(session)


class Stop(Exception):  # noqa: N818 - as a signal would
    """The process ends."""


@contextmanager
def stopped_at(monkeypatch: pytest.MonkeyPatch, number: int) -> Iterator[list[int]]:
    """Stop in the transaction of that number; give how many points each one before inserted."""
    original, inserted = Database.transaction, []

    @contextmanager
    def transaction(self: Database) -> Iterator[Session]:
        with original(self) as session:
            before = count_points(session)
            yield session
            if len(inserted) == number:
                raise Stop
            inserted.append(abs(count_points(session) - before))

    with monkeypatch.context() as changed:
        changed.setattr(Database, "transaction", transaction)
        yield inserted


def install(path: Path, size: int = 0) -> None:
    with opened(sqlite_url(path)) as database:
        prepare(database)
        install_dataset(database, size=size, seed=1)


def points_in(path: Path) -> int:
    with opened(sqlite_url(path)) as database, database.sessions() as session:
        return count_points(session)


def rows(path: Path) -> dict[str, list[Any]]:
    """Return all that a database holds."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = sorted(name for (name,) in tables.fetchall())
        return {
            name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names
        }


def test_points_are_inserted_by_short_transactions(
    database: Database, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stopped_at(monkeypatch, 99) as inserted:
        install_dataset(database, size=1200, seed=1)
    assert sum(inserted) == 1200 + len(dataset.points)
    assert max(inserted) <= 500


def test_what_was_stopped_midway_is_not_seen_and_begun_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it stops, the next start leads to what an undisturbed one does."""
    undisturbed = tmp_path / "undisturbed.db"
    with stopped_at(monkeypatch, 99) as transactions:
        install(undisturbed, 1200)
    for number in range(len(transactions)):
        with stopped_at(monkeypatch, number), pytest.raises(Stop):
            install_dataset(database, size=1500, seed=2)
        with pytest.raises(UsageError, match="n'a pas fini d'être préparé"):
            open_database(tmp_path)
    assert install_dataset(database, size=1200, seed=1) is not None
    open_database(tmp_path).dispose()
    assert rows(tmp_path / "sge-sim.db") == rows(undisturbed)


def test_two_processes_may_start_on_an_empty_folder_at_once(
    tmp_path: Path, dataset: Dataset
) -> None:
    path = tmp_path / "both.db"
    run_at_once(2, install, path)
    assert points_in(path) == len(dataset.points)


def points_after_start(state: Path, dataset: Path) -> int:
    open_simulator(Settings(data_dir=state, population_size=0, dataset=dataset)).close()
    return points_in(state / "sge-sim.db")


def test_the_files_of_a_folder_are_imported_once(tmp_path: Path) -> None:
    folder, state = tmp_path / "mine", tmp_path / "state"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"".join(csv_lines(made_points(30))))
    (folder / "b.jsonl").write_bytes(b"".join(json_lines(made_points(20, first=30))))
    (folder / "lisez-moi.txt").write_text("autre chose")
    first = points_after_start(state, folder)
    assert points_after_start(state, folder) == first
    (folder / "c.csv").write_bytes(b"".join(csv_lines(made_points(5, first=50))))
    assert points_after_start(state, folder) == first + 5


def test_a_fault_is_told_and_nothing_of_the_folder_is_imported(tmp_path: Path) -> None:
    folder, state = tmp_path / "mine", tmp_path / "state"
    folder.mkdir()
    with pytest.raises(UsageError, match="ne contient aucun fichier de points"):
        points_after_start(state, folder)
    (folder / "a.csv").write_bytes(b"".join(csv_lines(made_points(3))))
    (folder / "b.jsonl").write_bytes(b"{\n[]\n")
    with pytest.raises(UsageError, match=r"b.jsonl, ligne 1 .*\(et 1 de plus\)"):
        points_after_start(state, folder)
    assert points_in(state / "sge-sim.db") == 88
