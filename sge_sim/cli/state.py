"""What a command works on: the state in the folder that is named, or the simulator that serves it.

What that takes is loaded by whoever calls.
"""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sge_sim.errors import UsageError
from sge_sim.operations import State
from sge_sim.processes.serving_note import Served, find_served

if TYPE_CHECKING:
    from sge_sim.api.administration import Administration
    from sge_sim.facts.database import Database
    from sge_sim.homologation.campaign.observed import Campaigns


class CommandState(State):
    """The state as a command has it, beside the simulator that may serve it."""

    @cached_property
    def campaigns(self) -> "Campaigns":
        """The observed campaigns; what a simulator that has stopped played isn't known."""
        from sge_sim.homologation.campaign.observed import Campaigns

        served = find_served(self.data_dir)
        if served is None:
            return super().campaigns
        admin = administration_of(self.data_dir)
        production = served.environment == "production"
        played = admin.plays_defects(), production, self.data_dir, admin.generation()
        return Campaigns(self.database, self.journal, *played)


def database_of(data_dir: Path) -> "Database":
    """Return the database of a folder; raises `UsageError` where no simulator was started."""
    from sge_sim.schema.data_folder import open_database

    return open_database(data_dir)


def served_at(data_dir: Path) -> Served:
    """Return the simulator that serves a folder; raises `UsageError` where none does."""
    served = find_served(data_dir)
    if served is None:
        raise UsageError(f"aucun simulateur ne sert {data_dir} : le démarrer par sge-sim serve.")
    return served


def administration_of(data_dir: Path) -> "Administration":
    """Return the administration of the simulator that serves a folder; raises as `served_at`."""
    from sge_sim.api.administration import Administration

    return Administration(served_at(data_dir).admin_url)
