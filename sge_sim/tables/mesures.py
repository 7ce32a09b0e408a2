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
from sge_sim.tables.mesures_facts import (
    MesuresFacts,
    mesures_facts_from,
    read_anciens,
    read_rectification,
)
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

_ROWS = Prepared(
    union_all(
        select(literal("collecte"), null(), Collecte.debut, Collecte.fin).where(
            Collecte.prm == bindparam("prm")
        ),
        select(CalendrierDate.cote, CalendrierDate.calendrier, CalendrierDate.depuis, null()).where(
            CalendrierDate.prm == bindparam("prm")
        ),
        select(
            case((Compteur.tic_activable.is_(None), "compteur"), else_="compteur_tic"),
            null(),
            Compteur.date_pose,
            Compteur.date_depose,
        ).where(Compteur.prm == bindparam("prm"), Compteur.date_pose.is_not(None)),
        select(
            literal("opposition"), null(), ServiceSouscrit.date_debut, ServiceSouscrit.date_fin
        ).where(
            ServiceSouscrit.prm == bindparam("prm"),
            ServiceSouscrit.type == "OPPENR",
            ServiceSouscrit.activated_at.is_not(None),
        ),
        select(literal("ancien"), AncienEtat.valeurs, AncienEtat.jusqu_a, null()).where(
            AncienEtat.prm == bindparam("prm")
        ),
    )
)
_INSTANTS = Prepared(
    union_all(
        select(literal("trou"), null(), Trou.debut, Trou.fin).where(Trou.prm == bindparam("prm")),
        select(
            literal("rectification"),
            Rectification.energie,
            Rectification.minuit,
            Rectification.instant,
        ).where(Rectification.prm == bindparam("prm")),
        select(literal("releve"), null(), RelevePonctuel.instant, null()).where(
            RelevePonctuel.prm == bindparam("prm")
        ),
    )
)


MESURES_FACTS: Final = Query((_ROWS, _INSTANTS, DONNEES), ("prm",), mesures_facts_from)
"""What the measures of a point depend on."""


def read_mesures_facts(session: Session, prm: str) -> MesuresFacts:
    """Return what the measures of a point depend on."""
    return MESURES_FACTS(Driver.under(session), prm)


_PRMS: Any = bindparam("prms", expanding=True)
_COLLECTES_OF = (
    select(Collecte.prm, Collecte.debut, Collecte.fin)
    .where(Collecte.prm.in_(_PRMS))
    .order_by(Collecte.debut, Collecte.id)
)
_TROUS_OF = select(Trou.prm, Trou.debut, Trou.fin).where(Trou.prm.in_(_PRMS))
_RECTIFICATIONS_OF = (
    select(Rectification.prm, Rectification.minuit, Rectification.energie, Rectification.instant)
    .where(Rectification.prm.in_(_PRMS))
    .order_by(Rectification.minuit)
)
_PONCTUELS_OF = (
    select(RelevePonctuel.prm, RelevePonctuel.instant)
    .where(RelevePonctuel.prm.in_(_PRMS))
    .order_by(RelevePonctuel.instant)
)
_CALENDRIERS_OF = (
    select(
        CalendrierDate.prm, CalendrierDate.cote, CalendrierDate.depuis, CalendrierDate.calendrier
    )
    .where(CalendrierDate.prm.in_(_PRMS))
    .order_by(CalendrierDate.depuis, CalendrierDate.id)
)
_COMPTEURS_OF = (
    select(
        Compteur.prm,
        Compteur.date_pose,
        Compteur.date_depose,
        Compteur.tic_activable.is_not(None),
    )
    .where(Compteur.prm.in_(_PRMS), Compteur.date_pose.is_not(None))
    .order_by(Compteur.date_pose, Compteur.id)
)
_OPPOSITIONS_OF = (
    select(ServiceSouscrit.prm, ServiceSouscrit.date_debut, ServiceSouscrit.date_fin)
    .where(
        ServiceSouscrit.prm.in_(_PRMS),
        ServiceSouscrit.type == "OPPENR",
        ServiceSouscrit.activated_at.is_not(None),
    )
    .order_by(ServiceSouscrit.date_debut)
)


_ANCIENS_OF = select(AncienEtat.prm, AncienEtat.jusqu_a, AncienEtat.valeurs).where(
    AncienEtat.prm.in_(_PRMS)
)
_OF_POINTS = (
    _COLLECTES_OF,
    _TROUS_OF,
    _CALENDRIERS_OF,
    _COMPTEURS_OF,
    _OPPOSITIONS_OF,
    _ANCIENS_OF,
    DONNEES_OF,
    _RECTIFICATIONS_OF,
    _PONCTUELS_OF,
)


def read_mesures_facts_of(session: Session, prms: Sequence[str]) -> dict[str, MesuresFacts]:
    """Return the facts for measures of some hundreds of points, by PRM, in nine statements."""
    collectes, trous, calendriers, compteurs, oppositions, anciens, *rest = (
        _by_prm(session, prms, query) for query in _OF_POINTS
    )
    donnees, rectifications, ponctuels = rest
    return {
        prm: MesuresFacts(
            tuple(collectes.get(prm, ())),
            tuple(sorted(trous.get(prm, ()))),
            tuple(calendriers.get(prm, ())),
            tuple((pose, depose, bool(tic)) for pose, depose, tic in compteurs.get(prm, ())),
            tuple(oppositions.get(prm, ())),
            read_anciens(anciens[prm]) if prm in anciens else (),
            tuple(donnees.get(prm, ())),
            tuple(read_rectification(*row) for row in rectifications.get(prm, ())),
            tuple(instant for (instant,) in ponctuels.get(prm, ())),
        )
        for prm in prms
    }


def _by_prm(session: Session, prms: Sequence[str], query: Any) -> dict[str, list[Any]]:
    """Return the rows of these points, by their first column, without it."""
    found: dict[str, list[Any]] = {}
    for prm, *values in session.execute(query, {"prms": prms}):
        found.setdefault(prm, []).append(tuple(values))
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
