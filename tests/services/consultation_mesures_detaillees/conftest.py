"""The service of the simulator of a known day, as two actors call it."""

import pytest
from detaillees_kit import Detaillees
from running_simulator import RunningSimulator


@pytest.fixture(scope="session")
def tiers(en_juillet: RunningSimulator) -> Detaillees:
    return Detaillees(en_juillet)


@pytest.fixture(scope="session")
def fournisseur(en_juillet: RunningSimulator) -> Detaillees:
    return Detaillees(en_juillet, "fournisseur")
