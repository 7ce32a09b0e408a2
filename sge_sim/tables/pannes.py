"""The pannes, and the counts of those that look out for them."""

from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, Float, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.domaine.nomenclatures import Sens
from sge_sim.domaine.pannes import Panne
from sge_sim.tables.base import Base, Instant, RowId
from sge_sim.tables.comptages import Counters, SharedCounters
from sge_sim.tables.ecritures import next_numero
from sge_sim.tables.plateforme import is_shared
from sge_sim.tables.prepared import Driver, Prepared, Query


class PannePrevue(Base):
    """A panne, as `sge_sim.domaine.pannes.Panne` describes it."""

    __tablename__ = "panne_prevue"

    numero: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    sorte: Mapped[str] = mapped_column(String(30))
    service: Mapped[str | None] = mapped_column(String(100))
    acteur: Mapped[str | None] = mapped_column(String(20))
    prm: Mapped[str | None] = mapped_column(String(14))
    du: Mapped[int]
    au: Mapped[int]
    probabilite: Mapped[float | None] = mapped_column(Float(53))
    graine: Mapped[int] = mapped_column(RowId)
    secondes: Mapped[float | None] = mapped_column(Float(53))
    dispersion: Mapped[float] = mapped_column(Float(53))
    application: Mapped[str | None] = mapped_column(String(36))
    consentement: Mapped[int | None] = mapped_column(RowId)
    contrat: Mapped[str | None] = mapped_column(String(20))
    debut: Mapped[datetime | None] = mapped_column(Instant)
    fin: Mapped[datetime | None] = mapped_column(Instant)
    annonce: Mapped[datetime | None] = mapped_column(Instant)
    mesure: Mapped[str | None] = mapped_column(String(11))
    sens: Mapped[Sens | None] = mapped_column(String(9))
    code: Mapped[str | None] = mapped_column(String(10))
    statut: Mapped[int | None]
    nombre: Mapped[int | None]
    cle: Mapped[str | None] = mapped_column(String(64))


_FIELDS = [field.name for field in fields(Panne)]
_COLUMNS = [getattr(PannePrevue, name) for name in _FIELDS]
_PANNES = Prepared(select(*_COLUMNS).order_by(PannePrevue.numero))


read_pannes: Final = Query(
    (_PANNES,),
    (),
    lambda rows: tuple(Panne(**dict(zip(_FIELDS, row, strict=True))) for row in rows),
)
"""The plans, in the order in which they were made."""


def pannes_within(session: Session) -> tuple[Panne, ...]:
    """Return the plans as a transaction sees them."""
    return read_pannes(Driver.under(session))


def add_panne(session: Session, **described: Any) -> Panne:
    """Keep a plan, under a number that no other ever had; raises `UsageError` as `Panne` does."""
    panne = Panne(numero=next_numero(session, "panne"), **described)
    session.add(PannePrevue(**{name: getattr(panne, name) for name in _FIELDS}))
    return panne


def remove_panne(session: Session, numero: int) -> bool:
    """Forget a plan; tell whether there was one."""
    removed = session.execute(
        delete(PannePrevue).where(PannePrevue.numero == numero).returning(PannePrevue.numero)
    )
    return removed.first() is not None


def remove_pannes(session: Session) -> None:
    """Forget every plan."""
    session.execute(delete(PannePrevue))


def counters_of(data_dir: Path, engine: Engine | None = None) -> Counters | SharedCounters:
    """Return the counts of the plans: of a data folder, or of a database that machines share."""
    if engine is not None and is_shared(engine):
        return SharedCounters(engine)
    return Counters(data_dir / "pannes.compteurs")
