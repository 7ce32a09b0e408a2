"""One simulator in this process for the services of access; each test begins with no service."""

from collections.abc import Iterator

import pytest
from acces_kit import NOW, Tiers, tiers_in_process
from sqlalchemy import delete, update

from sge_sim.clock import parse_instant
from sge_sim.store.commandes import ServiceSouscrit
from sge_sim.store.ecritures import Ecriture
from sge_sim.store.stored_clock import StoredClock


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    with tiers_in_process(tmp_path_factory.mktemp("acces")) as tiers:
        yield tiers


@pytest.fixture
def tiers(opened: Tiers) -> Tiers:
    """The default tiers, at `NOW`, where nothing was ordered."""
    with opened.running.simulator.database.transaction() as session:
        session.execute(update(Ecriture).values(instant=None))  # nothing has happened
        session.execute(delete(ServiceSouscrit))
    StoredClock(opened.running.simulator.database).freeze(parse_instant(NOW))
    return opened
