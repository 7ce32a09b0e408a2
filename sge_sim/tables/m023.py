"""The demands of M023: cases about many points, known or not, closed by their report.

They are no `Affaire`, which is about one point that exists.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import Date, ForeignKey, Index, String, Text, func, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from sge_sim.domaine.nomenclatures import CadreAcces, CodeFlux, EtatAffaire, FormatM023, Sens
from sge_sim.machine.once import computed_once
from sge_sim.tables.base import Base, Instant, matching
from sge_sim.tables.flux import FichierFlux, Publication
from sge_sim.tables.prepared import Prepared, Query


class DemandeM023(Base):
    """A demand of M023 and its life: `transmise` until its report is published at `due_at`.

    `prms` are separated by spaces, as they were asked. The legal days [date_debut, date_fin) are
    empty for technical and contractual data (C68). `login` and `reference` are kept as they came:
    nothing controls them (GUI 0502).

    One that a company ordered has no report: `sirens` are those that it spoke for, empty where it
    is authorised by holders, `login` its application, `reference` the title of the interface and
    the channels, of which each has its demand.
    """

    __tablename__ = "demande_m023"

    affaire_id: Mapped[str] = mapped_column(String(14), primary_key=True)
    acteur_code: Mapped[str] = mapped_column(ForeignKey("acteur.code"))
    contrat_id: Mapped[str] = mapped_column(ForeignKey("contrat.contrat_id"))
    login: Mapped[str]
    reference: Mapped[str | None]
    flux: Mapped[CodeFlux] = mapped_column(String(4))
    format: Mapped[FormatM023] = mapped_column(String(4))
    prms: Mapped[str] = mapped_column(Text)
    sens: Mapped[Sens] = mapped_column(String(9))
    cadre: Mapped[CadreAcces] = mapped_column(String(13))
    corrigees: Mapped[bool]
    date_debut: Mapped[date | None] = mapped_column(Date)
    date_fin: Mapped[date | None] = mapped_column(Date)
    etat: Mapped[EtatAffaire] = mapped_column(String(13))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    sirens: Mapped[str | None] = mapped_column(Text)

    @property
    def titre(self) -> str:
        """The title of the interface by which a company ordered it."""
        return (self.reference or "").partition(" ")[0]

    __table_args__ = (
        Index("ix_demande_m023_etat", "etat", "due_at"),
        Index("ix_demande_m023_opened", "flux", "opened_at"),
    )


def demandes_m023_due(session: Session, due_at: datetime) -> Sequence[DemandeM023]:
    """Return the demands that are to be answered at an instant, in their order."""
    return session.scalars(
        select(DemandeM023)
        .where(DemandeM023.etat == "transmise", DemandeM023.due_at == due_at)
        .order_by(DemandeM023.affaire_id)
    ).all()


read_next_m023: Final[Query[datetime | None]] = Query(
    (Prepared(select(func.min(DemandeM023.due_at)).where(DemandeM023.etat == "transmise")),),
    (),
    lambda rows: rows[0][0],
)
"""The first instant at which a demand is to be answered."""


def find_demande_m023(session: Session, affaire_id: str) -> DemandeM023 | None:
    """Return the demand of that case."""
    return session.get(DemandeM023, affaire_id)


def demandes_m023(
    session: Session,
    limit: int,
    *,
    flux: CodeFlux | None = None,
    acteur_code: str | None = None,
    before: str | None = None,
) -> Sequence[DemandeM023]:
    """Return at most `limit` demands, the newest first: all of them, of a flux, or an actor's.

    With `before`, the case of one, only those that come after it: the next page.
    """
    query = (
        select(DemandeM023)
        .where(*matching((DemandeM023.flux, flux), (DemandeM023.acteur_code, acteur_code)))
        .order_by(DemandeM023.opened_at.desc(), DemandeM023.affaire_id.desc())
    )
    if before is not None:
        known = select(DemandeM023.opened_at, DemandeM023.affaire_id)
        last = known.where(DemandeM023.affaire_id == before).scalar_subquery()
        query = query.where(tuple_(DemandeM023.opened_at, DemandeM023.affaire_id) < last)
    return session.scalars(query.limit(limit)).all()


_SAME: Final = (
    *("acteur_code", "flux", "reference", "prms", "sens", "cadre", "date_debut", "date_fin"),
)


def is_awaited_m023(session: Session, demande: DemandeM023) -> bool:
    """Tell whether the same was demanded, by any application, and isn't published yet."""
    same = (
        getattr(DemandeM023, name).is_not_distinct_from(getattr(demande, name)) for name in _SAME
    )
    query = select(DemandeM023.affaire_id).where(DemandeM023.etat == "transmise", *same)
    return session.scalar(query.limit(1)) is not None


def end_awaited_m023(session: Session, acteur_code: str, now: datetime) -> None:
    """Close what an actor demanded and isn't published, without a file."""
    awaited = (DemandeM023.acteur_code == acteur_code, DemandeM023.etat == "transmise")
    closed = {"etat": "non_realisee", "closed_at": now}
    session.execute(update(DemandeM023).where(*awaited).values(closed))


def fichiers_m023(session: Session, affaire_id: str) -> Sequence[FichierFlux]:
    """Return the files of a demand, in their order: the report is the last."""
    return session.scalars(
        select(FichierFlux)
        .join(FichierFlux.publication)
        .where(Publication.m023_id == affaire_id)
        .options(joinedload(FichierFlux.publication))
        .order_by(FichierFlux.id)
    ).all()


@computed_once(128)
def read_rang_m023(flux: tuple[CodeFlux, ...], rang: int) -> Query[datetime | None]:
    """Return the query of the instant at which the demand of rank `rang`, the last being of rank 1,
    was accepted for these files; it gives None where there were fewer."""
    accepted = select(DemandeM023.opened_at).where(
        or_(*(DemandeM023.flux == name for name in flux))
    )
    last_first = accepted.order_by(DemandeM023.opened_at.desc()).limit(1).offset(rang - 1)
    return Query((Prepared(last_first),), (), lambda rows: rows[0][0] if rows else None)
