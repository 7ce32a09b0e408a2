from collections.abc import Iterator

import pytest
import requests
from dataconnect_kit import (
    AUTRE_C5,
    C5,
    PRODUCTEUR,
    Client,
    admin,
    data_connect_simulator,
    freeze,
)
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


@pytest.fixture(scope="session")
def shared(kept: RunningSimulator) -> RunningSimulator:
    """It with points that are shared with the application, kept aside too."""
    admin(kept, "/api/reset")
    for prm in (C5, AUTRE_C5, PRODUCTEUR):
        Client(kept).share(prm)
    admin(kept, "/api/snapshot", nom="partages")
    return kept


@pytest.fixture(scope="module")
def untouched(shared: RunningSimulator) -> Client:
    """Its application, with the points just shared and nothing planned: tests leave it so."""
    admin(shared, "/api/reset", nom="partages")
    return Client(shared)


@pytest.fixture
def unplanned(untouched: Client) -> Iterator[Client]:
    """The same, for a test that plans pannes and changes nothing else."""
    yield untouched
    requests.delete(untouched.simulator.ready["admin_url"] + "/api/pannes", timeout=10)


@pytest.fixture
def sharing(untouched: Client) -> Iterator[Client]:
    """The same, for a test that does with it what it likes."""
    yield Client(untouched.simulator)
    admin(untouched.simulator, "/api/reset", nom="partages")
