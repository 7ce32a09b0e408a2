from collections.abc import Iterator

import pytest
from dataconnect_kit import Client, data_connect_simulator, freeze
from lives import database  # noqa: F401


@pytest.fixture(scope="session")
def dc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Data Connect in production, its clock frozen at `NOW`, without quotas."""
    folder = tmp_path_factory.mktemp("data-connect")
    with data_connect_simulator(folder, "--no-quotas") as simulator:
        freeze(simulator)
        yield Client(simulator)
