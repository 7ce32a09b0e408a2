"""Where points of one's own come from, and whether they are seen.

What is brought in is written in slices, under an `Apport` that isn't published: nobody sees it.
One statement publishes it, and makes all of it seen at once; what isn't published is removed.
"""

from typing import Final

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from sge_sim.tables.base import Base, RowId
from sge_sim.tables.prepared import Prepared, Query


class Apport(Base):
    """Points brought in together."""

    __tablename__ = "apport"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    publie: Mapped[bool] = mapped_column(default=False)


def is_seen(apport_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Return the condition that a row was brought in by nobody, or by what is published.

    Written so that no index serves it: a search goes by what it looks for.
    """
    return ~exists().where(Apport.id == apport_id, ~Apport.publie)


read_hidden: Final[Query[bool]] = Query(
    (Prepared(select(Apport.id).where(~Apport.publie).limit(1)),), (), bool
)
"""Whether something was brought in that nobody sees."""
