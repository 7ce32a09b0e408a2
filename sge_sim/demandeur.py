"""Who asks."""

from dataclasses import dataclass

from sge_sim.store.codes import KindActeur


@dataclass(frozen=True)
class Demandeur:
    """The market actor that presents the client certificate, whatever login it writes."""

    code: str
    kind: KindActeur
