"""The data set, read once, and a database where it is installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_states import copy_state, prepared_database
from sqlalchemy.orm import Session

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.processes.dataset_installation import install_dataset
from sge_sim.referentiel.dataset import Dataset, load_dataset


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the data set and its usual population; nobody writes in it."""
    database = prepared_database(tmp_path_factory.mktemp("referentiel") / "sge-sim.db")
    install_dataset(database, size=3000, seed=2021)
    yield database
    database.dispose()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The state of one test, without population."""
    copy_state(tmp_path / "state", {"population_size": 0})
    database = Database(sqlite_url(tmp_path / "state" / "sge-sim.db"))
    yield database
    database.dispose()


@pytest.fixture
def session(installed: Database) -> Iterator[Session]:
    with installed.sessions() as session:
        yield session
