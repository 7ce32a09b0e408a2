"""The numbers that orders are given: one series of each sort, shared by all the workers."""

from collections.abc import Mapping
from typing import Final, Literal

from sqlalchemy import BigInteger, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.tables.base import Base
from sge_sim.tables.prepared import Driver, Prepared, Query

Sorte = Literal["affaire", "service_souscrit", "abonnement", "autorisation", "panne"]


class Numero(Base):
    """The last number given of a sort; the first row of each comes with the schema."""

    __tablename__ = "numero"

    sorte: Mapped[Sorte] = mapped_column(String(16), primary_key=True)
    dernier: Mapped[int] = mapped_column(BigInteger)


_NUMERO = Numero.__table__.c
_NEXT = Prepared(
    update(Numero)
    .where(_NUMERO.sorte == bindparam("sorte"))
    .values(dernier=_NUMERO.dernier + 1)
    .returning(_NUMERO.dernier)
)
_LAST = Prepared(select(_NUMERO.sorte, _NUMERO.dernier))
GIVE = Prepared(
    update(Numero)
    .where(_NUMERO.sorte == bindparam("serie"))
    .values(dernier=bindparam("numero", type_=BigInteger))
)


def next_numero(session: Session, sorte: Sorte) -> int:
    """Return a number that was never given, and greater than all those given.

    A transaction that is rolled back gives its numbers back.
    """
    return next_numeros(session, sorte)[0]


def next_numeros(session: Session, *sortes: Sorte) -> list[int]:
    """Return a number of each sort, as `next_numero` does."""
    driver = Driver.of(session.connection())
    given = driver.execute([(_NEXT, {"sorte": sorte}) for sorte in sortes])
    assert all(given), f"no series of numbers is called one of {sortes}"
    return [rows[0][0] for rows in given]


read_numeros: Final[Query[Mapping[Sorte, int]]] = Query((_LAST,), (), dict)
"""The last number given of each sort: a transaction that writes gives those that follow."""
