"""The tokens of Data Connect that were revoked before their end."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.tables.base import Base, Instant
from sge_sim.tables.prepared import Prepared, Query


class JetonRevoque(Base):
    """A token that was revoked before its end, `fin`."""

    __tablename__ = "jeton_revoque"

    jti: Mapped[str] = mapped_column(String(36), primary_key=True)
    fin: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_jeton_revoque_fin", "fin"),)


_REVOQUE = Prepared(select(JetonRevoque.jti).where(JetonRevoque.jti == bindparam("jti")))


read_revoque: Final = Query((_REVOQUE,), ("jti",), bool)
"""Whether a token was revoked."""


def revoke_token(session: Session, jti: str, fin: datetime, now: datetime) -> None:
    """Revoke a token; those that have ended since are forgotten."""
    session.execute(delete(JetonRevoque).where(JetonRevoque.fin < now))
    session.merge(JetonRevoque(jti=jti, fin=fin))
