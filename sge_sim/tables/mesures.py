"""What the measures of a point depend on beyond its data sheet, and those that a user gave.

The readings themselves are nowhere: `sge_sim.mesures` computes them from these rows and the seed.

A user may give a day of measures of its own points: it takes the place of what would be computed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    String,
    Text,
    bindparam,
    case,
    delete,
    literal,
    null,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.clock import start_of_day
from sge_sim.domaine.nomenclatures import CoteCalendrier
from sge_sim.tables.anciens_etats import AncienEtat
from sge_sim.tables.base import Base, Instant, RowId
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.ecritures import insert_rows, insertion
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.point_facts import mesures_facts_from
from sge_sim.tables.points import Compteur, is_seen
from sge_sim.tables.prepared import Driver, Prepared, Query

_CODE = String(15)


def _prm() -> Any:
    return mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), index=True)


class Collecte(Base):
    """A period [debut, fin) in which the curve of a C5 or P4 point is collected.

    Periods may overlap: the curve is there as long as one of them runs. `service_souscrit_id`
    names the service that asked for it, if one did.
    """

    __tablename__ = "collecte"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = _prm()
    debut: Mapped[date] = mapped_column(Date)
    fin: Mapped[date | None] = mapped_column(Date)
    service_souscrit_id: Mapped[str | None] = mapped_column(_CODE, index=True)


class Trou(Base):
    """A gap [debut, fin) in what was read of a point."""

    __tablename__ = "trou"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = _prm()
    debut: Mapped[datetime] = mapped_column(Instant)
    fin: Mapped[datetime] = mapped_column(Instant)


class Rectification(Base):
    """The energy, Wh, that replaces what the meter had measured on a day.

    `minuit`: the start of that legal day; `instant`: when it was put right.
    """

    __tablename__ = "rectification"

    prm: Mapped[str] = mapped_column(ForeignKey("point.prm", ondelete="CASCADE"), primary_key=True)
    minuit: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    energie: Mapped[int] = mapped_column(BigInteger)
    instant: Mapped[datetime] = mapped_column(Instant)


class RelevePonctuel(Base):
    """A reading of a large meter that somebody asked for, and when it is made."""

    __tablename__ = "releve_ponctuel"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = _prm()
    instant: Mapped[datetime] = mapped_column(Instant)


class CalendrierDate(Base):
    """A calendar that a point has from `depuis` on, until its next one.

    A point without any on a side has that of its data sheet since its first meter.
    """

    __tablename__ = "calendrier_date"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    prm: Mapped[str] = _prm()
    cote: Mapped[CoteCalendrier] = mapped_column(String(12))
    depuis: Mapped[date] = mapped_column(Date)
    calendrier: Mapped[str] = mapped_column(_CODE)


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


def _statements(*, several: bool = False) -> tuple[Any, Any, Any]:
    """Return what `mesures_facts_from` takes of a point; of `several`, each row after its PRM."""

    def of(table: Any, *columns: Any) -> Any:
        if several:
            wanted = table.prm.in_(bindparam("prms", expanding=True))
            return select(table.prm, *columns).where(wanted)
        return select(*columns).where(table.prm == bindparam("prm"))

    oppositions = of(
        ServiceSouscrit,
        literal("opposition"),
        null(),
        ServiceSouscrit.date_debut,
        ServiceSouscrit.date_fin,
    ).where(ServiceSouscrit.type == "OPPENR", ServiceSouscrit.activated_at.is_not(None))
    compteurs = of(
        Compteur,
        case((Compteur.tic_activable.is_(None), "compteur"), else_="compteur_tic"),
        null(),
        Compteur.date_pose,
        Compteur.date_depose,
    ).where(Compteur.date_pose.is_not(None))
    rows = union_all(
        of(Collecte, literal("collecte"), null(), Collecte.debut, Collecte.fin),
        of(
            CalendrierDate,
            CalendrierDate.cote,
            CalendrierDate.calendrier,
            CalendrierDate.depuis,
            null(),
        ),
        compteurs,
        oppositions,
        of(AncienEtat, literal("ancien"), AncienEtat.valeurs, AncienEtat.jusqu_a, null()),
    )
    instants = union_all(
        of(Trou, literal("trou"), null(), Trou.debut, Trou.fin),
        of(
            Rectification,
            literal("rectification"),
            Rectification.energie,
            Rectification.minuit,
            Rectification.instant,
        ),
        of(RelevePonctuel, literal("releve"), null(), RelevePonctuel.instant, null()),
    )
    return rows, instants, of(MesureDonnee, *_COLUMNS).where(_SEEN).order_by(MesureDonnee.jour)


MESURES_FACTS: Final = Query(
    tuple(Prepared(statement) for statement in _statements()), ("prm",), mesures_facts_from
)
"""What the measures of a point depend on."""
_OF_SEVERAL: Final = _statements(several=True)
_SEVERAL: Final = 10
"""Points from which reading them together takes less than one after the other."""


def read_mesures_facts(session: Session, prm: str) -> MesuresFacts:
    """Return what the measures of a point depend on."""
    return MESURES_FACTS(Driver.under(session), prm)


def read_mesures_facts_of(session: Session, prms: Sequence[str]) -> dict[str, MesuresFacts]:
    """Return what the measures of some hundreds of points depend on, by PRM."""
    if len(prms) < _SEVERAL:
        return {prm: read_mesures_facts(session, prm) for prm in prms}
    read = [_by_prm(session, prms, statement) for statement in _OF_SEVERAL]
    return {prm: mesures_facts_from(*(rows.get(prm, ()) for rows in read)) for prm in prms}


def _by_prm(session: Session, prms: Sequence[str], query: Any) -> dict[str, list[Any]]:
    """Return the rows of these points, by their first column, without it."""
    found: dict[str, list[Any]] = {}
    for prm, *values in session.execute(query, {"prms": prms}):
        found.setdefault(prm, []).append(values)
    return found


_CLOSE_COLLECTE = Prepared(
    update(Collecte)
    .where(Collecte.service_souscrit_id == bindparam("service"), Collecte.fin.is_(None))
    .values(fin=bindparam("until", type_=Date))
)


def open_collectes(session: Session, collectes: Iterable[Collecte]) -> None:
    """Write periods that begin, of no session."""
    Driver.of(session.connection()).execute(map(insertion, collectes))


def close_collecte(session: Session, service_souscrit_id: str, fin: date) -> None:
    """End at `fin` (excluded) what that service had collected; earlier days stay."""
    driver = Driver.of(session.connection())
    _CLOSE_COLLECTE.rows(driver, service=service_souscrit_id, until=fin)


def replace_collectes(session: Session, prm: str, *collectes: tuple[date, date | None]) -> None:
    """Make `collectes` the only periods in which the curve of a point is collected."""
    session.execute(delete(Collecte).where(Collecte.prm == prm))
    session.add_all(Collecte(prm=prm, debut=debut, fin=fin) for debut, fin in collectes)


def add_trou(session: Session, prm: str, debut: datetime, fin: datetime) -> None:
    """Lose what was read of a point in [debut, fin), two aware instants."""
    session.add(Trou(prm=prm, debut=debut, fin=fin))


def remove_trous(session: Session, prm: str) -> None:
    """Find again everything that was lost of a point."""
    session.execute(delete(Trou).where(Trou.prm == prm))


def rectify(session: Session, prm: str, jour: date, energie: int, instant: datetime) -> None:
    """Give a legal day of a point that energy, Wh, at `instant`, in place of any other."""
    session.merge(
        Rectification(prm=prm, minuit=start_of_day(jour), energie=energie, instant=instant)
    )


def remove_rectifications(session: Session, prm: str) -> None:
    """Remove the rectifications of a point: its meter's measures are answered again."""
    session.execute(delete(Rectification).where(Rectification.prm == prm))


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
