"""What every call of one process works on."""

from dataclasses import dataclass

from sge_sim.dataconnect.jetons import Jetons
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.settings import Settings
from sge_sim.tables.quotas import Comptes


@dataclass(frozen=True)
class PlateformeRest:
    """The state, the key of the tokens, the counts of the quotas.

    `guet` looks out for the planned faults.
    """

    settings: Settings
    database: Database
    jetons: Jetons
    comptes: Comptes
    guet: Guet
