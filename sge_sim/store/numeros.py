"""The numbers that orders are given: one series of each sort, shared by all the workers."""

from typing import Literal

from sqlalchemy import BigInteger, String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.store.base import Base

Sorte = Literal["affaire", "service_souscrit", "abonnement"]


class Numero(Base):
    """The last number given of a sort; the first row of each comes with the schema."""

    __tablename__ = "numero"

    sorte: Mapped[Sorte] = mapped_column(String(16), primary_key=True)
    dernier: Mapped[int] = mapped_column(BigInteger)


def next_numero(session: Session, sorte: Sorte) -> int:
    """Return a number that was never given, and greater than all those given.

    A transaction that is rolled back gives its numbers back.
    """
    given: int | None = session.scalar(
        update(Numero)
        .where(Numero.sorte == sorte)
        .values(dernier=Numero.dernier + 1)
        .returning(Numero.dernier)
    )
    assert given is not None, f"no series of numbers is called {sorte}"
    return given
