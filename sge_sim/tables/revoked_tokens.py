"""The tokens of Data Connect that were revoked before their end."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.tables.base import Base, Instant
from sge_sim.tables.prepared import Prepared, Query


class RevokedToken(Base):
    """A token that was revoked before its end, `fin`."""

    __tablename__ = "revoked_token"

    jti: Mapped[str] = mapped_column(String(36), primary_key=True)
    fin: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_revoked_token_fin", "fin"),)


_REVOKED = Prepared(select(RevokedToken.jti).where(RevokedToken.jti == bindparam("jti")))


read_revoked: Final = Query((_REVOKED,), ("jti",), bool)
"""Whether a token was revoked."""


def revoke_token(session: Session, jti: str, fin: datetime, now: datetime) -> None:
    """Revoke a token; those that have ended since are forgotten."""
    session.execute(delete(RevokedToken).where(RevokedToken.fin < now))
    session.merge(RevokedToken(jti=jti, fin=fin))
