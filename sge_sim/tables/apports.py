"""Points that are brought in: a data set's, those of one's own, copies; how they are removed.

What is brought in is written in slices, seen at once, read back and removed.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from sqlalchemy import create_engine, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, selectinload, sessionmaker
from sqlalchemy.pool import StaticPool

from sge_sim.domaine.francais import normalise
from sge_sim.machine import monde
from sge_sim.tables.acteurs import Acteur, Contrat
from sge_sim.tables.anciens_etats import AncienEtat
from sge_sim.tables.base import Base, values_of
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.ecritures import Numero, insert_rows
from sge_sim.tables.mesures import CalendrierDate, Collecte, Rectification, Trou, discard_days
from sge_sim.tables.point_columns import POINT_ATTRIBUTES
from sge_sim.tables.points import POINT_SEEN, Apport, Commune, Compteur, Point, insert_points

Sessions = Callable[[], AbstractContextManager[Session]]
"""What begins a transaction."""
_MESURES: Final[tuple[type[Collecte | Trou | CalendrierDate | AncienEtat], ...]] = (
    *(Collecte, Trou, CalendrierDate, AncienEtat),
)


@dataclass(frozen=True, slots=True)
class Tranche:
    """Rows that one transaction inserts: columns by name, those of a meter or none.

    `mesures`: those of what measures depend on, the meters that were replaced among them.
    """

    points: list[tuple[Mapping[str, Any], Mapping[str, Any] | None]] = field(default_factory=list)
    communes: list[Mapping[str, Any]] = field(default_factory=list)
    mesures: dict[type[Base], list[Mapping[str, Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )


@contextmanager
def scratch_sessions() -> Iterator[Sessions]:
    """Give transactions on empty tables that nobody else sees, in a file without a name: what is
    only tried is written there, and gone at the end, however that comes."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: monde.connect("", check_same_thread=False),
        poolclass=StaticPool,
    )
    Base.metadata.create_all(engine)
    try:
        yield sessionmaker(engine).begin
    finally:
        engine.dispose()


def open_apport(session: Session) -> int:
    """Begin to bring points in; return the number under which they are written."""
    apport = Apport(publie=False)
    session.add(apport)
    session.flush()
    return apport.id


def insert_tranche(session: Session, tranche: Tranche) -> None:
    """Write one slice."""
    insert_rows(session, Commune, tranche.communes)
    insert_points(session, ((point, None) for point, _ in tranche.points))
    for table, rows in tranche.mesures.items():
        insert_rows(session, table, rows)
    # The meter that was replaced comes before it: those of a point go from the oldest.
    meters = [{**meter, "prm": point["prm"]} for point, meter in tranche.points if meter]
    insert_rows(session, Compteur, meters)


def publish_apport(session: Session, apport_id: int) -> None:
    """Make all that was written under that number seen."""
    session.execute(update(Apport).where(Apport.id == apport_id).values(publie=True))


def hide_all(session: Session) -> None:
    """Hide all points of one's own, until they are removed."""
    session.execute(update(Apport).values(publie=False))


def discard(session: Session, at_most: int) -> int:
    """Remove so many points, or days of measures, that aren't published; return how many went.

    With the last of them goes all that was imported with them. A commune with other points stays.
    """
    hidden = list(session.scalars(select(Apport.id).where(Apport.publie.is_(False))))
    prms = list(
        session.scalars(select(Point.prm).where(Point.apport_id.in_(hidden)).limit(at_most))
    )
    if prms:
        session.execute(delete(Point).where(Point.prm.in_(prms)))
        return len(prms)
    if days := discard_days(session, hidden, at_most):
        return days
    inhabited = exists().where(
        Point.code_postal == Commune.code_postal, Point.code_insee == Commune.code_insee
    )
    session.execute(delete(Commune).where(Commune.apport_id.in_(hidden), ~inhabited))
    session.execute(update(Commune).where(Commune.apport_id.in_(hidden)).values(apport_id=None))
    session.execute(delete(Acteur).where(Acteur.apport_id.in_(hidden)))
    session.execute(delete(Apport).where(Apport.id.in_(hidden)))
    return 0


def delete_own(session: Session, prms: Collection[str]) -> None:
    """Remove points of one's own, and what belongs to them."""
    session.execute(delete(Point).where(Point.prm.in_(prms), Point.apport_id.is_not(None)))


def count_own(session: Session) -> int:
    """Return how many points were brought in and are seen."""
    query = select(func.count()).select_from(Point)
    return session.scalar(query.where(Point.apport_id.is_not(None), POINT_SEEN)) or 0


def own_among(session: Session, prms: Collection[str]) -> set[str]:
    """Return those of these points that are one's own and are seen."""
    query = select(Point.prm).where(Point.prm.in_(prms), Point.apport_id.is_not(None), POINT_SEEN)
    return set(session.scalars(query))


def known_among(session: Session, prms: Collection[str]) -> dict[str, int | None]:
    """Return those of these points that are in the table, seen or not, and the import of each."""
    query = select(Point.prm, Point.apport_id).where(Point.prm.in_(prms))
    return {row.prm: row.apport_id for row in session.execute(query)}


def points_of_meters(session: Session, numbers: Collection[str], but: str = "") -> dict[str, str]:
    """Return the point, `but` one, on which each of these meters is in place, by serial number."""
    query = select(Compteur.numero_serie, Compteur.prm).where(
        Compteur.numero_serie.in_(numbers), Compteur.date_depose.is_(None), Compteur.prm != but
    )
    return {str(number): prm for number, prm in session.execute(query)}


def known_communes(session: Session) -> dict[tuple[str, str], str]:
    """Return the label of each pair of a postal code and an INSEE code."""
    query = select(Commune.code_postal, Commune.code_insee, Commune.libelle)
    return {(postal, insee): libelle for postal, insee, libelle in session.execute(query)}


def suppliers(session: Session) -> frozenset[str]:
    """Return the codes of the suppliers."""
    return frozenset(session.scalars(select(Acteur.code).where(Acteur.kind == "fournisseur")))


def points_after(
    session: Session, after: str, limit: int, *, own: bool
) -> Sequence[tuple[Point, Sequence[Any]]]:
    """Return the points that follow `after`, by PRM, with what their measures depend on.

    With `own`, those alone that were brought in.
    """
    query = select(Point).where(Point.prm > after, POINT_SEEN)
    if own:
        query = query.where(Point.apport_id.is_not(None))
    return list(_with_mesures(session, query.order_by(Point.prm).limit(limit)))


def described_points(
    session: Session, prms: Collection[str]
) -> Sequence[tuple[Point, Sequence[Any]]]:
    """Return these points, with what their measures depend on."""
    return list(_with_mesures(session, select(Point).where(Point.prm.in_(prms))))


def _with_mesures(session: Session, query: Any) -> Iterator[tuple[Point, Sequence[Any]]]:
    points = session.scalars(query.options(selectinload(Point.compteurs))).all()
    prms = [point.prm for point in points]
    found: dict[str, list[Any]] = {prm: [] for prm in prms}
    for table in _MESURES:
        rows: Any = session.scalars(select(table).where(table.prm.in_(prms)).order_by(table.id))
        for row in rows:
            found[row.prm].append(row)
    for point in points:
        yield point, found[point.prm]


def is_installed(session: Session) -> bool:
    """Tell whether a data set is there: its contracts come last, all at once."""
    return session.scalar(select(Contrat.contrat_id).limit(1)) is not None


def remove_points(session: Session, at_most: int) -> bool:
    """Remove so many points of an installation that was stopped, and what belongs to them.

    The numbers of their services are given again. Returns whether there was any.
    """
    prms = list(session.scalars(select(Point.prm).limit(at_most)))
    services = select(func.count()).where(ServiceSouscrit.prm.in_(prms))
    given = session.scalar(services) or 0
    session.execute(
        update(Numero)
        .where(Numero.sorte == "service_souscrit")
        .values(dernier=Numero.dernier - given)
    )
    session.execute(delete(Point).where(Point.prm.in_(prms)))
    return bool(prms)


def remove_acteurs_and_communes(session: Session) -> None:
    """Remove what else such an installation has left, once no point needs it."""
    session.execute(delete(Acteur))
    session.execute(delete(Commune))


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
    insert_points(session, [({**values_of(model), "prm": prm, "graine": graine, **point}, None)])
    for meter in model.compteurs:
        changes = compteur if meter.date_depose is None else {}
        session.add(Compteur(**{**values_of(meter, "id"), "prm": prm, **changes}))
    for table in _FOLLOWING:
        for row in session.scalars(select(table).where(table.prm == model.prm)):
            session.add(table(**{**values_of(row, "id"), "prm": prm}))
    session.flush()


_AT_ONCE: Final = 400
_PERSONAL: Final = tuple(
    Point.__table__.c[name] for name, attribute in POINT_ATTRIBUTES.items() if attribute.personal
)


def personal_among(session: Session, words: Collection[str]) -> set[str]:
    """Return what is personal of the own points that these words name, and the words that are.

    A point is named by its PRM, its SIRET, its name or its street, however they are spelled; what
    is personal of it is that, and the rest of its address. What two points share is found by each.
    """
    if session.scalar(select(Point.prm).where(Point.apport_id.is_not(None)).limit(1)) is None:
        return set()
    by_form: dict[str, set[str]] = {}
    for word in words:
        by_form.setdefault(normalise(word), set()).add(word)
    by_form.pop("", None)
    personal: set[str] = set()
    forms = iter(by_form)
    while part := list(islice(forms, _AT_ONCE)):
        for condition in (
            or_(Point.prm.in_(part), Point.siret.in_(part)),
            Point.recherche_nom.in_(part),
            Point.recherche_voie.in_(part),
        ):
            # Which of them are one's own is asked of the rows: an index of it would be taken.
            rows = session.execute(select(Point.apport_id, *_PERSONAL).where(condition))
            for apport_id, *values in rows:
                if apport_id is not None:
                    personal.update(_spelled(values, by_form))
    return personal


def _spelled(values: Sequence[str | None], by_form: dict[str, set[str]]) -> Iterable[str]:
    for value in values:
        if value:
            yield value
            yield from by_form.get(normalise(value), ())
