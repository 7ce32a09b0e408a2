"""A simulator whose administration is asked."""

from collections.abc import Iterator

import pytest
from running_simulator import RunningSimulator, start_simulator


@pytest.fixture(scope="session")
def administered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    with start_simulator(tmp_path_factory.mktemp("admin"), "--population-size", "0") as one:
        yield one
