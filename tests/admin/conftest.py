"""The administration that tests ask: in this process, or that of a simulator that serves."""

from collections.abc import Iterator

import pytest
from admin_kit import Room, control_room
from running_simulator import RunningSimulator, start_simulator

from sge_sim.clock import parse_instant


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with control_room(
        tmp_path_factory.mktemp("room"), now=parse_instant("2025-03-10T10:00")
    ) as room:
        yield room


@pytest.fixture(scope="session")
def administered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    with start_simulator(tmp_path_factory.mktemp("admin"), "--population-size", "0") as one:
        yield one
