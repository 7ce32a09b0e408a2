from collections.abc import Iterator

import pytest
from dataconnect_kit import Client, admin, data_connect_simulator, freeze
from hostile_clients import PLACES
from in_process import served_in_process
from lives import database  # noqa: F401
from running_simulator import RunningSimulator


@pytest.fixture(scope="session")
def dc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Data Connect in production, its clock frozen at `NOW`, without quotas."""
    folder = tmp_path_factory.mktemp("data-connect")
    with data_connect_simulator(folder, "--no-quotas", serve=served_in_process) as simulator:
        freeze(simulator)
        yield Client(simulator)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Another of few places in processes of its own, as a user starts it."""
    options = ("--no-quotas", "--max-connections", str(PLACES))
    with data_connect_simulator(tmp_path_factory.mktemp("started"), *options) as simulator:
        freeze(simulator)
        yield Client(simulator)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """Another, whose state at its start is kept aside."""
    folder = tmp_path_factory.mktemp("moved")
    with data_connect_simulator(folder, "--no-quotas", serve=served_in_process) as simulator:
        freeze(simulator)
        admin(simulator, "/api/snapshot")
        yield simulator


@pytest.fixture
def moved(kept: RunningSimulator) -> RunningSimulator:
    """It as it was, for a test that moves its clock."""
    admin(kept, "/api/reset")
    return kept
