"""One simulator for the services that take orders, in the same state for each module; another on a
known day for those that consult."""

from collections.abc import Iterator

import pytest
from in_process import served_in_process
from orders_kit import Orders, orders_simulator
from running_simulator import RunningSimulator


@pytest.fixture(scope="session")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orders]:
    """The default tiers of a simulator that tests of orders share."""
    with orders_simulator(tmp_path_factory.mktemp("orders")) as running:
        running.keep_state()
        yield running


@pytest.fixture(scope="module")
def tiers(orders: Orders) -> Orders:
    """The default tiers, where nothing has been ordered yet."""
    orders.restart_at()
    return orders


@pytest.fixture(scope="session")
def en_juillet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator without population, on 15 July 2026."""
    options = ("--now", "2026-07-15T10:00", "--population-size", "0")
    with served_in_process(tmp_path_factory.mktemp("juillet"), *options) as running:
        yield running
