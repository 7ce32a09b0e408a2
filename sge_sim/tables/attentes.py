"""The rows of `sge_sim.tables.commandes` that wait for an instant: their `echeance` is set."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, case, func, literal, select, union_all
from sqlalchemy.orm import Session, joinedload

from sge_sim.tables.base import Instant
from sge_sim.tables.commandes import Affaire, Evenement, ServiceSouscrit
from sge_sim.tables.prepared import Driver, Prepared, Query

Waiting = ServiceSouscrit | Affaire | Evenement

_FIN, _EVENEMENT, _DEBUT, _AFFAIRE = range(4)


class Rang(NamedTuple):
    """When a row is due: the order of what happens, and which row it is.

    At one instant, services end first, then events happen, then services start: a renewal takes
    over from a service that ends that very day. Last, cases close.
    """

    instant: datetime
    place: int
    numero: str | int


def rang_of(row: Waiting) -> Rang | None:
    """Return when a row is due; None for one that waits for nothing."""
    if row.echeance is None:
        return None
    match row:
        case ServiceSouscrit(etat="ACTIF"):
            return Rang(row.echeance, _FIN, row.service_souscrit_id)
        case ServiceSouscrit():
            return Rang(row.echeance, _DEBUT, row.service_souscrit_id)
        case Evenement():
            return Rang(row.echeance, _EVENEMENT, row.id)
        case _:
            return Rang(row.echeance, _AFFAIRE, row.affaire_id)


_TABLES: Final[tuple[tuple[type[Waiting], Any], ...]] = (
    (ServiceSouscrit, case((ServiceSouscrit.etat == "ACTIF", _FIN), else_=_DEBUT)),
    (Evenement, literal(_EVENEMENT)),
    (Affaire, literal(_AFFAIRE)),
)
_KEYS: Final[dict[type[Waiting], Any]] = {
    ServiceSouscrit: ServiceSouscrit.service_souscrit_id,
    Evenement: Evenement.id,
    Affaire: Affaire.affaire_id,
}


def _is_due(table: type[Waiting]) -> Any:
    return table.echeance <= bindparam("until", type_=Instant)


def _is_on(table: type[Waiting]) -> Any:
    return table.prm == bindparam("prm")


_NEXT = Prepared(union_all(*(select(func.min(table.echeance)) for table, _ in _TABLES)))
_NEXT_ON = Prepared(
    union_all(*(select(func.min(table.echeance)).where(_is_on(table)) for table, _ in _TABLES))
)
_DUE = [
    Prepared(select(table.echeance, place, _KEYS[table]).where(_is_due(table)))
    for table, place in _TABLES
]
_DUE_ON = [
    Prepared(select(table.echeance, place, _KEYS[table]).where(_is_on(table), _is_due(table)))
    for table, place in _TABLES
]

_ROWS: Final[dict[type[Waiting], Any]] = {
    table: select(table).where(key.in_(bindparam("numeros", expanding=True)))
    for table, key in _KEYS.items()
}
_ROWS[ServiceSouscrit] = _ROWS[ServiceSouscrit].options(joinedload(ServiceSouscrit.affaire))


def events_awaited(session: Session, prm: str) -> list[Evenement]:
    """Return what is still to happen to a point, the first at the head."""
    waiting = select(Evenement).where(Evenement.prm == prm, Evenement.echeance.is_not(None))
    return [*session.scalars(waiting.order_by(Evenement.echeance, Evenement.id))]


def first_awaited(session: Session, limit: int) -> list[Waiting]:
    """Return the first rows that wait for an instant, in the order in which they are due."""
    found: list[tuple[Rang, Waiting]] = []
    for table, _ in _TABLES:
        query: Any = select(table).where(table.echeance.is_not(None)).order_by(table.echeance)
        for row in session.scalars(query.limit(limit)):
            rang = rang_of(row)
            assert rang is not None
            found.append((rang, row))
    return [row for _, row in sorted(found, key=lambda each: each[0])[:limit]]


read_next_due: Final[Query[datetime | None]] = Query(
    (_NEXT,), (), lambda rows: min(filter(None, (instant for (instant,) in rows)), default=None)
)
"""The first instant (UTC) for which something waits."""
read_next_due_on: Final = Query((_NEXT_ON,), ("prm",), read_next_due.make)
"""The same on one point."""


def due(session: Session, until: datetime, prm: str | None = None) -> list[Rang]:
    """Return when each row is due that waits for an instant not after `until`, in no order."""
    driver = Driver.under(session)
    if prm is None:
        found = [statement.rows(driver, until=until) for statement in _DUE]
    else:
        found = [statement.rows(driver, until=until, prm=prm) for statement in _DUE_ON]
    return [Rang(*row) for rows in found for row in rows]


def rows_of(session: Session, rangs: Collection[Rang]) -> list[Waiting]:
    """Return the rows that were due then, as they are now; some may wait for something else."""
    numeros: dict[type[Waiting], list[str | int]] = {}
    for rang in rangs:
        numeros.setdefault(_table_of(rang), []).append(rang.numero)
    rows: list[Waiting] = []
    for table, asked in numeros.items():
        rows += session.scalars(_ROWS[table], {"numeros": asked})
    return rows


def _table_of(rang: Rang) -> type[Waiting]:
    match rang.place:
        case place if place == _EVENEMENT:
            return Evenement
        case place if place == _AFFAIRE:
            return Affaire
    return ServiceSouscrit
