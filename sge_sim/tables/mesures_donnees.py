"""Measures that were given of points of one's own, day by day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Date, ForeignKey, Text, bindparam, delete, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.tables.apports import is_seen
from sge_sim.tables.base import Base
from sge_sim.tables.bulk import insert_rows
from sge_sim.tables.prepared import Prepared

Jour = tuple[date, str | None, str | None]
"""A day, its curve and its index, as `MesureDonnee` has them."""


class MesureDonnee(Base):
    """What was given of the measures of a point on a legal day.

    `courbe`: W of each step in the order of time, `-` where it was lost, a space between them.
    `registres`: what they showed at the midnight that starts the day, in JSON, `-` if it was lost.
    """

    __tablename__ = "mesure_donnee"

    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), primary_key=True)
    jour: Mapped[date] = mapped_column(Date, primary_key=True)
    courbe: Mapped[str | None] = mapped_column(Text)
    registres: Mapped[str | None] = mapped_column(Text)
    apport_id: Mapped[int] = mapped_column(ForeignKey("apport.id"), index=True)


_COLUMNS: Final = (MesureDonnee.jour, MesureDonnee.courbe, MesureDonnee.registres)
_SEEN: Final = is_seen(MesureDonnee.apport_id)

DONNEES: Final = Prepared(
    select(*_COLUMNS).where(MesureDonnee.prm == bindparam("prm"), _SEEN).order_by(MesureDonnee.jour)
)
"""The days that were given of a point, ascending."""

DONNEES_OF: Final = (
    select(MesureDonnee.prm, *_COLUMNS)
    .where(MesureDonnee.prm.in_(bindparam("prms", expanding=True)), _SEEN)
    .order_by(MesureDonnee.jour)
)
"""Those of several points, each after its PRM."""


def given_days(session: Session, prm: str) -> Sequence[tuple[Jour, int]]:
    """Return the days that were given of a point, seen or not, ascending, and what brought them."""
    query = select(*_COLUMNS, MesureDonnee.apport_id).where(MesureDonnee.prm == prm)
    return [
        ((jour, courbe, registres), apport)
        for jour, courbe, registres, apport in session.execute(query.order_by(MesureDonnee.jour))
    ]


def insert_days(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write days that were given: mappings of all the columns."""
    insert_rows(session, MesureDonnee, rows)


def discard_days(session: Session, apports: Collection[int], at_most: int) -> int:
    """Remove so many days at most of what these brought; return how many there were."""
    key = (MesureDonnee.prm, MesureDonnee.jour)
    found = session.execute(
        select(*key).where(MesureDonnee.apport_id.in_(apports)).limit(at_most)
    ).all()
    if found:
        session.execute(delete(MesureDonnee).where(tuple_(*key).in_(found)))
    return len(found)


def days_after(session: Session, limit: int) -> Iterator[Sequence[tuple[str, Jour]]]:
    """Yield the days that are seen, by PRM and day, so many at a time."""
    key = tuple_(MesureDonnee.prm, MesureDonnee.jour)
    query = select(MesureDonnee.prm, *_COLUMNS).where(_SEEN)
    query = query.order_by(MesureDonnee.prm, MesureDonnee.jour).limit(limit)
    rows = session.execute(query).all()
    while rows:
        yield [(prm, (jour, courbe, registres)) for prm, jour, courbe, registres in rows]
        rows = session.execute(query.where(key > tuple_(rows[-1][0], rows[-1][1]))).all()
