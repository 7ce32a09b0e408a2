"""A data set is installed once, whoever comes first."""

from pathlib import Path

import pytest
from many_processes import PROCESSES

from sge_sim.errors import UsageError
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.dataset import Dataset
from sge_sim.referentiel.population import minimum_size
from sge_sim.store.acteurs import has_acteurs
from sge_sim.store.database import Database, sqlite_url
from sge_sim.store.points import count_points


def test_every_point_is_inserted(empty: Database, dataset: Dataset) -> None:
    size = minimum_size(dataset)
    inserted = install_dataset(empty, size=size, seed=1)
    with empty.sessions() as session:
        assert inserted == count_points(session) == size + len(dataset.points)


def test_without_a_population_the_named_points_are_there(empty: Database, dataset: Dataset) -> None:
    assert install_dataset(empty, size=0, seed=1) == len(dataset.points)


def test_a_database_that_is_not_empty_is_left_alone(empty: Database) -> None:
    assert install_dataset(empty, size=0, seed=1) is not None
    assert install_dataset(empty, size=3000, seed=2) is None


def test_a_refused_installation_leaves_the_database_empty(empty: Database) -> None:
    with pytest.raises(UsageError):
        install_dataset(empty, size=3, seed=1)
    with empty.sessions() as session:
        assert not has_acteurs(session)


def install(path: Path) -> None:
    database = Database(sqlite_url(path))
    database.prepare()
    install_dataset(database, size=0, seed=1)
    database.dispose()


def test_two_processes_may_start_on_an_empty_folder_at_once(
    tmp_path: Path, dataset: Dataset
) -> None:
    path = tmp_path / "both.db"
    processes = [PROCESSES.Process(target=install, args=(path,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    database = Database(sqlite_url(path))
    with database.sessions() as session:
        assert count_points(session) == len(dataset.points)
    database.dispose()
