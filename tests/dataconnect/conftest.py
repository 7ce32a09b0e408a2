from collections.abc import Iterator

import pytest
from dataconnect_kit import Client, data_connect_simulator, freeze
from hostile_clients import PLACES
from lives import database  # noqa: F401


@pytest.fixture(scope="session")
def dc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Data Connect in production, its clock frozen at `NOW`, without quotas, of few places."""
    folder = tmp_path_factory.mktemp("data-connect")
    places = ("--max-connections", str(PLACES))
    with data_connect_simulator(folder, "--no-quotas", *places) as simulator:
        freeze(simulator)
        yield Client(simulator)
