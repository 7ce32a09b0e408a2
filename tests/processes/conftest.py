"""The data set, and a database where it is to be installed."""

import pytest
from state_kit import database  # noqa: F401

from sge_sim.referentiel.dataset import Dataset, load_dataset


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return load_dataset()
