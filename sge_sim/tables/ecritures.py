"""The two tables of one row: the simulated clock, and the counter of writing transactions.

The second also has the instant of the latest event.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import BigInteger, String, bindparam, func, literal_column, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.tables.base import Base, Instant
from sge_sim.tables.commandes import GIVE, SerieNumeros
from sge_sim.tables.prepared import Driver, Prepared, Query, write_at_once


class ClockRow(Base):
    """The only row says how the simulated time follows the machine's; without it, exactly.

    `shifted` runs `offset_us` microseconds away from the machine, `frozen` stands at `instant`.
    `numero` tells its settings apart.
    """

    __tablename__ = "clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[KindClock] = mapped_column(String(7))
    offset_us: Mapped[int] = mapped_column(BigInteger, default=0)
    instant: Mapped[datetime | None] = mapped_column(Instant)
    numero: Mapped[int] = mapped_column(BigInteger, server_default="0")


_ROW = 1


class Ecriture(Base):
    """The only row, which comes with the schema.

    `numero` grows with each writing transaction on PostgreSQL; SQLite counts them by itself.
    `instant` is the latest at which an order or an event happened, empty before the first.
    """

    __tablename__ = "ecriture"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    numero: Mapped[int] = mapped_column(BigInteger)
    instant: Mapped[datetime | None] = mapped_column(Instant)


_ECRITURE = Ecriture.__table__.c
_NUMERO = Prepared(select(_ECRITURE.numero).where(_ECRITURE.id == _ROW))
# A process that is suspended in a transaction would hold the others up until it goes on.
_SILENCE_MS: Final = 10_000
ENDING_SILENT: Final = func.set_config(
    "idle_in_transaction_session_timeout", str(_SILENCE_MS), True
)
"""What has PostgreSQL end a transaction whose process says nothing for ten seconds."""
_COUNT = Prepared(
    update(Ecriture)
    .where(_ECRITURE.id == _ROW)
    .values(numero=_ECRITURE.numero + 1)
    .returning(ENDING_SILENT),
    (literal_column("''", String),),
)
_INSTANT = Prepared(select(_ECRITURE.instant).where(_ECRITURE.id == _ROW))
_REACH = Prepared(
    update(Ecriture)
    .where(
        _ECRITURE.id == _ROW,
        _ECRITURE.instant.is_(None) | (_ECRITURE.instant < bindparam("jusque", type_=Instant)),
    )
    .values(instant=bindparam("jusque", type_=Instant))
)


def read_numero(driver: Driver) -> int:
    """Return how many writing transactions there were on PostgreSQL."""
    ((numero,),) = _NUMERO.rows(driver)  # the schema brings the row
    assert isinstance(numero, int)
    return numero


def count_writing(driver: Driver) -> None:
    """Count a writing transaction: those that write wait here for the one before to end."""
    _COUNT.rows(driver)


read_last_instant: Final[Query[datetime | None]] = Query(
    (_INSTANT,), (), lambda rows: rows[0][0] if rows else None
)
"""The latest instant (UTC) at which anything happened; None if nothing did. What the data set
brings (oppositions) doesn't count."""


def reach(session: Session, instant: datetime) -> None:
    """Note that something happens at `instant` (aware): an order, an event, a start, an end."""
    _REACH.rows(Driver.of(session.connection()), jusque=instant)


def write_at(
    session: Session,
    instant: datetime,
    rows: Iterable[Base] = (),
    numeros: Mapping[SerieNumeros, int] = MappingProxyType({}),
) -> None:
    """Insert rows and note that it happens at `instant` (aware), and which numbers were given,
    those after `read_numeros`: with what the session has changed, see `write_at_once`."""
    given = [(GIVE, {"serie": sorte, "numero": numero}) for sorte, numero in numeros.items()]
    write_at_once(session, rows, (_REACH, {"jusque": instant}), *given)
