"""A control room for all the tests of a module."""

from collections.abc import Iterator

import pytest
from admin_kit import Room, control_room

from sge_sim.clock import parse_instant


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with control_room(
        tmp_path_factory.mktemp("room"), now=parse_instant("2025-03-10T10:00")
    ) as room:
        yield room
