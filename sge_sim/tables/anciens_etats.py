"""The former facts of points: the facts of a point have dates.

Three places, one for each time. What is to come is an `Evenement` that waits; what holds is in the
columns of the point; what held until a day is here. The one reading of all three is
`sge_sim.tables.point_facts.Dossier.au` and `sur`; for the measures, `sge_sim.tables.mesures_facts`.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Date, ForeignKey, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.tables.base import Base, RowId
from sge_sim.tables.point_columns import POINT_ATTRIBUTES
from sge_sim.tables.points import Point

DATEES: Final = frozenset(name for name, attribute in POINT_ATTRIBUTES.items() if attribute.dated)
"""The columns of a point whose former values are kept. Its meters and dated calendars, which are
rows of their own, have dates already."""


class AncienEtat(Base):
    """The values of some columns of a point until `jusqu_a`, excluded: a legal day.

    `valeurs`: a JSON object, of columns in `DATEES`; dates are ISO texts.
    """

    __tablename__ = "ancien_etat"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)
    jusqu_a: Mapped[date] = mapped_column(Date)
    valeurs: Mapped[str] = mapped_column(Text)


def write_valeurs(valeurs: Mapping[str, Any]) -> str:
    """Return former values as `AncienEtat.valeurs` holds them."""
    return json.dumps(
        {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in valeurs.items()
        },
        ensure_ascii=False,
    )


def change_columns(session: Session, point: Point, jour: date, **valeurs: Any) -> None:
    """Give columns of a point the values that they have from `jour` on; what they said is kept.

    The columns are of `DATEES`. What already changed that very day keeps what it said before it.
    """
    assert valeurs.keys() <= DATEES, "only what is dated is kept"
    changed = {name: value for name, value in valeurs.items() if getattr(point, name) != value}
    if not changed:
        return
    kept = session.scalars(
        select(AncienEtat.valeurs).where(AncienEtat.prm == point.prm, AncienEtat.jusqu_a == jour)
    )
    known = {name for valeurs in kept for name in json.loads(valeurs)}
    former = {name: getattr(point, name) for name in changed if name not in known}
    if former:
        session.add(AncienEtat(prm=point.prm, jusqu_a=jour, valeurs=write_valeurs(former)))
    for name, value in changed.items():
        setattr(point, name, value)
