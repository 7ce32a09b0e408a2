"""Copying a point: how a tester makes one of its own out of one that exists."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sge_sim.tables.base import Base
from sge_sim.tables.mesures import CalendrierDate, Collecte, Rectification, Trou
from sge_sim.tables.points import Compteur, Point, insert_points

_FOLLOWING: tuple[type[Collecte | Trou | Rectification | CalendrierDate], ...] = (
    *(Collecte, Trou, Rectification, CalendrierDate),
)


def insert_copy(
    session: Session,
    model: Point,
    prm: str,
    graine: int,
    point: Mapping[str, Any],
    compteur: Mapping[str, Any],
) -> None:
    """Insert a copy of `model` under `prm`, with the columns of `point` changed.

    Its meters come along, that in place with the columns of `compteur` changed, and what its
    measures depend on; access services and orders stay with the model.
    """
    insert_points(session, [({**_columns(model), "prm": prm, "graine": graine, **point}, None)])
    for one in model.compteurs:
        changes = compteur if one.date_depose is None else {}
        session.add(Compteur(**{**_columns(one, "id"), "prm": prm, **changes}))
    for table in _FOLLOWING:
        for row in session.scalars(select(table).where(table.prm == model.prm)):
            session.add(table(**{**_columns(row, "id"), "prm": prm}))
    session.flush()


def _columns(row: Base, *without: str) -> dict[str, Any]:
    """Return the columns of a row by name."""
    return {
        column.name: getattr(row, column.name)
        for column in row.__table__.columns
        if column.name not in without
    }
