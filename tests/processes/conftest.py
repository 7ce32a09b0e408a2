"""The data set, and a database where it is to be installed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_states import prepared_database

from sge_sim.facts.database import Database
from sge_sim.referentiel.dataset import Dataset, load_dataset


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = prepared_database(tmp_path / "sge-sim.db")
    yield database
    database.dispose()
