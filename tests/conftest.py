import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from running_simulator import RunningSimulator, start_simulator

LONG_MODULES = (
    "homologation/test_pytest_plugin.py",
    "clients/test_lowatt_catalogue.py",
    "installation/test_interpreters.py",
    "scaffold/test_scaffold.py",
    "homologation/test_homologate.py",
    "test_readme.py",
    "services/test_facts_are_never_stale.py",
    "flux/test_publication.py",
)
"""Those that would keep one process busy at the end, while the others have nothing left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the long modules first."""
    first = [str(Path(__file__).parent / name) for name in LONG_MODULES]
    items.sort(key=lambda item: str(item.path) not in first)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """One simulator of the homologation platform for the whole session, in the present."""
    with start_simulator(tmp_path_factory.mktemp("simulator")) as running:
        yield running
