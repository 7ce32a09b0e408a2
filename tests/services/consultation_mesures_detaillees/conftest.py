"""A simulator on a known day, for the whole folder, and its service as two actors call it."""

from collections.abc import Iterator

import pytest
from detaillees_kit import NOW, Detaillees
from in_process import served_in_process
from running_simulator import RunningSimulator


@pytest.fixture(scope="session")
def en_juillet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator without population, on 15 July 2026."""
    folder = tmp_path_factory.mktemp("detaillees")
    with served_in_process(folder, "--now", NOW, "--population-size", "0") as running:
        yield running


@pytest.fixture(scope="session")
def tiers(en_juillet: RunningSimulator) -> Detaillees:
    return Detaillees(en_juillet)


@pytest.fixture(scope="session")
def fournisseur(en_juillet: RunningSimulator) -> Detaillees:
    return Detaillees(en_juillet, "fournisseur")
