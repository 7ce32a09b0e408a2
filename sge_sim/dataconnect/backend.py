"""What every call of one process works on."""

from dataclasses import dataclass

from sge_sim.dataconnect.tokens import Tokens
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.settings import Settings
from sge_sim.tables.quotas import QuotaCounts


@dataclass(frozen=True)
class RestBackend:
    """The state, the key of the tokens, the counts of the quotas.

    `guet` looks out for the planned faults.
    """

    settings: Settings
    database: Database
    tokens: Tokens
    counts: QuotaCounts
    guet: Guet
