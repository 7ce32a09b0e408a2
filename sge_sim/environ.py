"""What the door, an endpoint and a service leave each other in the WSGI environ of a call."""

from dataclasses import dataclass
from typing import Final

from sge_sim.store.codes import KindActeur

DEMANDEUR: Final = "sge_sim.demandeur"
"""The key under which the door leaves the `Demandeur` that it let in."""

INSTANT: Final = "sge_sim.instant"
"""The key under which the door leaves the simulated instant of the call."""

PRM: Final = "sge_sim.prm"
"""The key under which the point of the demand is left for the journal and for faults."""

LOGIN: Final = "sge_sim.login"
"""The key under which the login that the demand gives is left for faults."""

OUTCOME: Final = "sge_sim.outcome"
"""The key under which the fault that was answered is left for the journal."""


@dataclass(frozen=True)
class Demandeur:
    """The market actor that presents the client certificate, whatever login it writes."""

    code: str
    kind: KindActeur
