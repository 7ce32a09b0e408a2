"""The simulated clock: how it is kept, and what is asked of it."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, String, select
from sqlalchemy.orm import Mapped, mapped_column

from sge_sim.clock import Clock, RunningClock, clock_of
from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.tables.base import Base, Instant
from sge_sim.tables.prepared import Prepared, Query


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


CLOCK_ROW: Final = 1
_MICROSECOND: Final = timedelta(microseconds=1)
_STATE = Prepared(select(ClockRow.offset_us, ClockRow.instant).where(ClockRow.id == CLOCK_ROW))
_NUMERO = Prepared(select(ClockRow.numero).where(ClockRow.id == CLOCK_ROW))

read_clock: Final[Query[Clock]] = Query(
    (_STATE,),
    (),
    lambda rows: clock_of(rows[0][0] * _MICROSECOND, rows[0][1]) if rows else RunningClock(),
)
"""The clock as its row says; the machine's own without one."""
read_numbered_clock: Final = Query(
    (*read_clock.statements, _NUMERO),
    (),
    lambda rows, numbers: (numbers[0][0] if numbers else 0, read_clock.make(rows)),
)
"""The number of the last setting, 0 before the first, and the clock that it made."""
