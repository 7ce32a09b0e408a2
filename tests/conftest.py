import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from running_simulator import RunningSimulator, start_simulator


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """One simulator of the homologation platform for the whole session, in the present."""
    with start_simulator(tmp_path_factory.mktemp("simulator")) as running:
        yield running
