"""What is measured on the points of a file, read some hundreds at once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple, TypeVar

from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import Sens
from sge_sim.flux.atelier import Atelier
from sge_sim.flux.envoi import batches
from sge_sim.flux.lots import LotAffaire
from sge_sim.mesures import PointMesure
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.tables.mesures import read_mesures_facts, read_mesures_facts_of
from sge_sim.tables.points import Point, find_point
from sge_sim.tables.transmissions import read_points

T = TypeVar("T")
MesureIn = Callable[[Sens], PointMesure | None]
"""What is measured on a point in a direction; None where nothing ever was."""
LUS_ENSEMBLE = 500
"""How many points are read together."""


class Facette(NamedTuple):
    """A point in one direction; `service`: the legal days [debut, fin) of the service that it is
    told for, where those of a former client are told too."""

    prm: str
    sens: Sens
    service: tuple[date, date | None] | None = None


def read_mesures(
    session: Session, facettes: Iterable[Facette], *, pertes: bool = False
) -> Iterator[PointMesure | None]:
    """Yield what is measured on each point, None where nothing ever was or SGE doesn't know it.

    `pertes`: some measures are lost, as seen.
    """
    for part in batches(facettes, LUS_ENSEMBLE):
        points = read_points(session, [facette.prm for facette in part])
        mesures = read_mesures_facts_of(session, list(points))
        for prm, sens, service in part:
            point = points.get(prm)
            yield point and point_mesure(point, mesures[prm], sens, service, pertes=pertes)


def read_case(session: Session, lot: LotAffaire, atelier: Atelier) -> tuple[Point, MesureIn]:
    """Return the point that a case is about, and what is measured on it."""
    point = find_point(session, lot.demande.affaire.prm)
    assert point is not None, "a case is about a point"
    facts = read_mesures_facts(session, point.prm)
    return point, partial(point_mesure, point, facts, pertes=atelier.defauts.pertes)


def read_by_day(
    points: Sequence[PointMesure],
    jours: Sequence[date | None],
    read: Callable[[list[PointMesure], date], Sequence[T | None]],
) -> list[T | None]:
    """Return what `read` finds of each point on the only day that a file has of it, the points of a
    day together; None of those that have no such day."""
    found: list[T | None] = [None] * len(points)
    together: dict[date, list[int]] = {}
    for rang, jour in enumerate(jours):
        if jour is not None:
            together.setdefault(jour, []).append(rang)
    for jour, rangs in together.items():
        values = read([points[rang] for rang in rangs], jour)
        for rang, value in zip(rangs, values, strict=True):
            found[rang] = value
    return found
