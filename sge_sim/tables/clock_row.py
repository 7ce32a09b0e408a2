"""The clock's row: one simulated time for all the workers."""

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from sge_sim.domaine.nomenclatures import KindClock
from sge_sim.tables.base import Base, Instant


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
