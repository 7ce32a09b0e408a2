"""The data set, and a database where it is to be installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sge_sim.referentiel.dataset import Dataset, load_dataset
from sge_sim.store.database import Database, sqlite_url


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    database.prepare()
    yield database
    database.dispose()
