"""Points, their meters and the communes they stand in.

Points that a user brings in are written in slices, under an `Apport` that isn't published: nobody
sees them. One statement publishes it, and makes all of it seen at once; what isn't published is
removed.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    exists,
    select,
    text,
)
from sqlalchemy.orm import (
    InstrumentedAttribute,
    Mapped,
    Session,
    mapped_column,
    relationship,
    validates,
)

from sge_sim.domaine.francais import normalise
from sge_sim.tables.base import Base, RowId, matching, with_postgresql
from sge_sim.tables.ecritures import insert_rows
from sge_sim.tables.point_columns import POINT_ATTRIBUTES, CompteurColumns, PointColumns, Situation
from sge_sim.tables.prepared import Prepared, Query


class Apport(Base):
    """Points brought in together."""

    __tablename__ = "apport"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    publie: Mapped[bool] = mapped_column(default=False)


def is_seen(apport_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Return the condition that a row may be seen: no import brought it in, or a published one.

    Written so that no index serves it: a search goes by what it looks for.
    """
    return ~exists().where(Apport.id == apport_id, ~Apport.publie)


read_hidden: Final[Query[bool]] = Query(
    (Prepared(select(Apport.id).where(~Apport.publie).limit(1)),), (), bool
)
"""Whether an import isn't published."""


_ASKED_AT_ONCE: Final = 500
_CHUNK = 1000

SEARCH_COLUMNS: Final = {
    name: attribute.recherche for name, attribute in POINT_ATTRIBUTES.items() if attribute.recherche
}
"""The columns that are searched, and those that hold their texts as searches compare them."""


class Commune(Base):
    """A commune as SGE knows it: the pair of a postal code and an INSEE code."""

    __tablename__ = "commune"

    code_postal: Mapped[str] = mapped_column(String(5), primary_key=True)
    code_insee: Mapped[str] = mapped_column(String(5), primary_key=True)
    libelle: Mapped[str]
    apport_id: Mapped[int | None] = mapped_column(ForeignKey("apport.id"), index=True)


class Point(Situation, PointColumns, Base):
    """A point: the columns that it shares with its facts, and those that are searched."""

    __tablename__ = "point"

    recherche_escalier: Mapped[str | None] = mapped_column(sort_order=1)
    recherche_batiment: Mapped[str | None] = mapped_column(sort_order=1)
    recherche_voie: Mapped[str | None] = mapped_column(sort_order=1)
    recherche_lieu_dit: Mapped[str | None] = mapped_column(sort_order=1)
    recherche_nom: Mapped[str | None] = mapped_column(sort_order=1)

    compteurs: Mapped[list["Compteur"]] = relationship(order_by="Compteur.id")

    __table_args__ = (
        ForeignKeyConstraint(
            ["code_postal", "code_insee"], ["commune.code_postal", "commune.code_insee"]
        ),
        # A search names a commune, with or without a street, with or without a name: one index for
        # each. The first leads with the street, lest it be taken where none is named; the second
        # holds all that the other criteria compare. In the third a part of a name is looked for
        # among those of a commune: it is as narrow as can be, since all of them are read, and has
        # the PRM, so that nothing else is.
        Index("ix_point_voie", "recherche_voie", "code_insee", "code_postal"),
        Index(
            "ix_point_criteres",
            "code_insee",
            "code_postal",
            "domaine_tension",
            "categorie_client_final",
            "etat_contractuel",
        ),
        Index("ix_point_nom_commune", "code_insee", "code_postal", "recherche_nom", "prm"),
        Index("ix_point_apport", "apport_id", "prm"),
        # The page of points looks for names by their beginning, as bytes follow one another.
        with_postgresql(
            Index("ix_point_nom", "recherche_nom"), ops={"recherche_nom": "varchar_pattern_ops"}
        ),
        with_postgresql(
            Index("ix_point_pourquoi", "prm", sqlite_where=text("pourquoi IS NOT NULL")),
            where=text("pourquoi IS NOT NULL"),
        ),
    )

    @validates(*SEARCH_COLUMNS)
    def _keep_search_text(self, name: str, value: str | None) -> str | None:
        setattr(self, SEARCH_COLUMNS[name], search_text(value))
        return value


class Compteur(CompteurColumns, Base):
    """A meter of a point; one that was taken away comes before the one that replaced it."""

    __tablename__ = "compteur"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)


POINT_SEEN: Final = is_seen(Point.apport_id)
"""The condition of whoever selects points: none that are still being brought in."""


def find_point(session: Session, prm: str) -> Point | None:
    """Return the point, or nothing when SGE doesn't know it."""
    point = session.get(Point, prm)
    if point is None or point.apport_id is None:
        return point
    return point if session.get_one(Apport, point.apport_id).publie else None


def opposed_points(session: Session) -> list[Point]:
    """Return the points whose client opposes the recording of the curve, by PRM."""
    return list(session.scalars(select(Point).where(Point.opposition_courbe).order_by(Point.prm)))


def known_commune(session: Session, code_postal: str | None, code_insee: str | None) -> bool:
    """Tell whether the pair is a commune; of one code alone, whether some commune has it."""
    codes = matching((Commune.code_postal, code_postal), (Commune.code_insee, code_insee))
    found = select(Commune.code_insee).where(*codes, is_seen(Commune.apport_id)).limit(1)
    return session.scalar(found) is not None


def insert_points(
    session: Session, rows: Iterable[tuple[Mapping[str, Any], Mapping[str, Any] | None]]
) -> int:
    """Insert points given as mappings of the columns of `Point` and of `Compteur`, in bulk.

    `rows` may be a generator of millions: it is read by chunks. The search columns are filled in
    here. Returns how many points were inserted.
    """
    inserted = 0
    remaining = iter(rows)
    while chunk := list(islice(remaining, _CHUNK)):
        points = [{**point, **_search_values(point)} for point, _ in chunk]
        compteurs = [
            {**compteur, "prm": point["prm"]} for point, compteur in chunk if compteur is not None
        ]
        insert_rows(session, Point, points)
        insert_rows(session, Compteur, compteurs)
        inserted += len(chunk)
    return inserted


def search_text(value: str | None) -> str | None:
    """Return a text as search columns hold it."""
    return None if value is None else normalise(value)


def _search_values(point: Mapping[str, Any]) -> dict[str, str | None]:
    return {column: search_text(point.get(name)) for name, column in SEARCH_COLUMNS.items()}


def first_small_points(session: Session, most: int) -> list[str]:
    """Return the first C5 points by PRM, `most` of them where there are as many."""
    query = select(Point.prm).where(POINT_SEEN, Point.segment == "C5").order_by(Point.prm)
    return list(session.scalars(query.limit(most)))


def small_points_among(session: Session, prms: Sequence[str]) -> set[str]:
    """Return those of these PRM that are C5 points."""
    found: set[str] = set()
    for first in range(0, len(prms), _ASKED_AT_ONCE):
        some = prms[first : first + _ASKED_AT_ONCE]
        wanted = (POINT_SEEN, Point.segment == "C5", Point.prm.in_(some))
        found.update(session.scalars(select(Point.prm).where(*wanted)))
    return found
