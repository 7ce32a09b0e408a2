"""What waits for an instant: the rows of `sge_sim.store.commandes` whose `echeance` is set."""

from datetime import datetime

from sqlalchemy import bindparam, exists, func, select, union_all
from sqlalchemy.orm import Session

from sge_sim.store.base import Instant
from sge_sim.store.commandes import Affaire, Evenement, ServiceSouscrit
from sge_sim.store.prepared import Driver, Prepared


def due(session: Session, until: datetime) -> list[ServiceSouscrit | Affaire | Evenement]:
    """Return all that is waiting for an instant not after `until`, in no order.

    It happens once: transactions that write follow one another.
    """
    waiting: list[ServiceSouscrit | Affaire | Evenement] = []
    for table, any_due in zip(_ATTENTES, _what_is_due(session, until), strict=True):
        if any_due:
            waiting += session.scalars(select(table).where(table.echeance <= until))
    return waiting


_ATTENTES: tuple[type[ServiceSouscrit | Affaire | Evenement], ...] = (
    ServiceSouscrit,
    Affaire,
    Evenement,
)
_DUE = Prepared(
    select(
        *(
            exists().where(table.echeance <= bindparam("until", type_=Instant))
            for table in _ATTENTES
        )
    )
)


def events_awaited(session: Session, prm: str) -> list[Evenement]:
    """Return what is still to happen to a point, the first at the head."""
    waiting = select(Evenement).where(Evenement.prm == prm, Evenement.echeance.is_not(None))
    return [*session.scalars(waiting.order_by(Evenement.echeance, Evenement.id))]


_NEXT_DUE = Prepared(union_all(*(select(func.min(table.echeance)) for table in _ATTENTES)))


def read_next_due(driver: Driver) -> datetime | None:
    """Return the first instant (UTC) for which something is waiting."""
    instants = [instant for (instant,) in _NEXT_DUE.rows(driver) if instant is not None]
    return min(instants, default=None)


def _what_is_due(session: Session, until: datetime) -> tuple[bool, ...]:
    """Tell of each of `_ATTENTES` whether one of its rows waits for an instant not after `until`.

    It is asked before each order, hence in one statement.
    """
    row = _DUE.row(Driver.under(session), until=until)
    assert row is not None
    return row
