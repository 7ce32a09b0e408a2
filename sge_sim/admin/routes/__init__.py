"""The REST routes, one module per subject; each has a `router(state)`."""

from dataclasses import dataclass

from sge_sim.settings import Settings
from sge_sim.store.clock import StoredClock
from sge_sim.store.database import Database


@dataclass(frozen=True)
class AdminState:
    """What the routes work on."""

    settings: Settings
    database: Database
    clock: StoredClock
