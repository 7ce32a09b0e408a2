"""A consultation of a data sheet, as its rules look at it."""

from dataclasses import dataclass

from sge_sim.services.acces import Acces
from sge_sim.tables.point_facts import PointFacts


@dataclass(frozen=True)
class ConsultationTechniques:
    """A consultation, as its rules look at it."""

    point_id: str
    header_point_id: str | None
    acces: Acces
    point: PointFacts | None
