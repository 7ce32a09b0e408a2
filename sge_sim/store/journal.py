"""The journal: one row for each exchange, refused handshakes included."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Double, Index, LargeBinary, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, undefer_group

from sge_sim.store.base import Base, Instant, RowId
from sge_sim.store.codes import KindEchange


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidingRule:
    """The rule that decided a refusal; its code is the exchange's."""

    name: str
    source: str
    provenance: str
    explanation: str
    """What would have passed, in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EchangeRecord:
    """An exchange to be recorded.

    `instant` is the simulated time, `machine_instant` the machine's; both are aware.
    """

    instant: datetime
    machine_instant: datetime
    duration_ms: float
    kind: KindEchange
    acteur_code: str | None = None
    certificate_fingerprint: str | None = None
    certificate_subject: str | None = None
    remote_address: str | None = None
    service: str | None = None
    version: str | None = None
    prm: str | None = None
    code: str | None = None
    http_status: int | None = None
    rule: DecidingRule | None = None
    detail: str | None = None
    request: bytes | None = None
    response: bytes | None = None


class Echange(Base):
    """A recorded exchange: the fields of `EchangeRecord`, those of its rule, and its size.

    Identifiers grow in the order of recording. The actor isn't a foreign key: the journal
    outlives what it tells about.
    """

    __tablename__ = "echange"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    instant: Mapped[datetime] = mapped_column(Instant)
    machine_instant: Mapped[datetime] = mapped_column(Instant)
    duration_ms: Mapped[float] = mapped_column(Double)
    kind: Mapped[KindEchange] = mapped_column(String(9))
    acteur_code: Mapped[str | None] = mapped_column(String(20))
    certificate_fingerprint: Mapped[str | None] = mapped_column(String(64))
    certificate_subject: Mapped[str | None] = mapped_column(Text)
    remote_address: Mapped[str | None]
    service: Mapped[str | None]
    version: Mapped[str | None] = mapped_column(String(10))
    prm: Mapped[str | None] = mapped_column(String(20))
    code: Mapped[str | None] = mapped_column(String(15))
    http_status: Mapped[int | None]
    rule_name: Mapped[str | None]
    rule_source: Mapped[str | None]
    rule_provenance: Mapped[str | None]
    rule_explanation: Mapped[str | None] = mapped_column(Text)
    detail: Mapped[str | None] = mapped_column(Text)
    # In bytes, of both bodies. It stands before them, so that summing sizes never reads a body.
    size: Mapped[int]
    request: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, deferred_group="bodies"
    )
    response: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, deferred_group="bodies"
    )

    __table_args__ = (
        Index("ix_echange_code", "code", "id"),
        Index("ix_echange_prm", "prm", "id"),
        Index("ix_echange_service", "service", "id"),
        Index("ix_echange_size", "id", "size"),
    )

    @property
    def rule(self) -> DecidingRule | None:
        """The rule that decided the refusal, if one did."""
        if self.rule_name is None:
            return None
        return DecidingRule(
            name=self.rule_name,
            source=self.rule_source or "",
            provenance=self.rule_provenance or "",
            explanation=self.rule_explanation or "",
        )


def find_echange(session: Session, echange_id: int) -> Echange | None:
    """Return one exchange with its bodies."""
    return session.get(Echange, echange_id, options=[undefer_group("bodies")])


def find_echanges(
    session: Session,
    *,
    code: str | None = None,
    prm: str | None = None,
    service: str | None = None,
    limit: int = 100,
    after_id: int | None = None,
    with_bodies: bool = False,
) -> list[Echange]:
    """Return at most `limit` exchanges that agree with every criterion given.

    The newest come first. With `after_id`, only those recorded after it, the oldest first: who
    passes the last identifier it got misses none. Bodies are read with `with_bodies` only.
    """
    query = select(Echange).limit(limit)
    if code is not None:
        query = query.where(Echange.code == code)
    if prm is not None:
        query = query.where(Echange.prm == prm)
    if service is not None:
        query = query.where(Echange.service == service)
    if after_id is None:
        query = query.order_by(Echange.id.desc())
    else:
        query = query.where(Echange.id > after_id).order_by(Echange.id)
    if with_bodies:
        query = query.options(undefer_group("bodies"))
    return list(session.scalars(query))
