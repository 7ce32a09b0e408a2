"""One simulator for the services that take orders, in the same state for each module."""

from collections.abc import Iterator

import pytest
from orders_kit import Orders, orders_simulator


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
