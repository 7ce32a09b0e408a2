"""Who asks."""

from dataclasses import dataclass

from sge_sim.domaine.nomenclatures import KindActeur


@dataclass(frozen=True)
class Demandeur:
    """The market actor that presents the client certificate, whatever login it writes."""

    code: str
    kind: KindActeur
