"""The tokens of Data Connect that were revoked before their end."""

from datetime import datetime

from sqlalchemy import Index, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.store.base import Base, Instant
from sge_sim.store.prepared import Driver, Prepared


class JetonRevoque(Base):
    """A token that was revoked before its end, `fin`."""

    __tablename__ = "jeton_revoque"

    jti: Mapped[str] = mapped_column(String(36), primary_key=True)
    fin: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index("ix_jeton_revoque_fin", "fin"),)


_REVOQUE = Prepared(select(JetonRevoque.jti).where(JetonRevoque.jti == bindparam("jti")))


def read_revoque(driver: Driver, jti: str) -> bool:
    """Tell whether a token was revoked."""
    return _REVOQUE.row(driver, jti=jti) is not None


def revoke_token(session: Session, jti: str, fin: datetime, now: datetime) -> None:
    """Revoke a token; those that have ended since are forgotten."""
    session.execute(delete(JetonRevoque).where(JetonRevoque.fin < now))
    session.merge(JetonRevoque(jti=jti, fin=fin))
