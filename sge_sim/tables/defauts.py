"""What pannes put into the files of flux, and what was true there."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ForeignKey, String, Text, insert, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from sge_sim.tables.base import Base, RowId
from sge_sim.tables.flux import FichierFlux


class DefautSeme(Base):
    """A defect that a panne put into a file, and what was true there: never told in the file.

    `classe` is the sort of the panne, `champ` what it changed of a line: its valeur, calendrier,
    unite or fin, the whole ligne, or the fichier. `registre` and `horodate` are as
    `sge_sim.flux.lignes` reads them; `vrai` and `ecrit` as files write values, None of no line.
    """

    __tablename__ = "defaut_seme"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    fichier_id: Mapped[int] = mapped_column(
        ForeignKey("fichier_flux.id", ondelete="CASCADE"), index=True
    )
    panne: Mapped[int] = mapped_column(RowId)
    classe: Mapped[str] = mapped_column(String(30))
    champ: Mapped[str] = mapped_column(String(10))
    prm: Mapped[str | None] = mapped_column(String(14), index=True)
    registre: Mapped[str | None] = mapped_column(Text)
    horodate: Mapped[str | None] = mapped_column(Text)
    vrai: Mapped[str | None] = mapped_column(Text)
    ecrit: Mapped[str | None] = mapped_column(Text)

    fichier: Mapped[FichierFlux] = relationship()


Planted = list[tuple[FichierFlux, dict[str, Any]]]
"""Files, and what is told of a defect that was put into each."""


def add_defauts(session: Session, planted: Planted) -> None:
    """Keep the defects that were put into files: they may be as many as values."""
    if planted:
        session.flush()
        rows = [{"fichier_id": fichier.id, **said} for fichier, said in planted]
        session.execute(insert(DefautSeme), rows)


def find_defauts(
    session: Session,
    *,
    contrat_id: str | None = None,
    prm: str | None = None,
    classe: str | None = None,
    nom: str | None = None,
    before_id: int | None = None,
    limit: int | None = None,
) -> Sequence[DefautSeme]:
    """Return the defects that pannes put into files, the newest first."""
    wanted = (
        (FichierFlux.contrat_id, contrat_id),
        (FichierFlux.nom, nom),
        (DefautSeme.prm, prm),
        (DefautSeme.classe, classe),
    )
    query = select(DefautSeme).join(DefautSeme.fichier).order_by(DefautSeme.id.desc())
    query = query.where(*(column == value for column, value in wanted if value is not None))
    if before_id is not None:
        query = query.where(DefautSeme.id < before_id)
    return session.scalars(query.limit(limit)).all()


def files_with_defauts(
    session: Session, contrat_id: str | None = None
) -> Iterator[tuple[FichierFlux, Sequence[DefautSeme]]]:
    """Yield the files that were made, oldest first, each with the defects put into it, in the
    order in which they were."""
    query = select(FichierFlux).options(joinedload(FichierFlux.publication))
    query = query.order_by(FichierFlux.id)
    if contrat_id is not None:
        query = query.where(FichierFlux.contrat_id == contrat_id)
    by_file: dict[int, list[DefautSeme]] = {}
    for defaut in session.scalars(select(DefautSeme).order_by(DefautSeme.id)):
        by_file.setdefault(defaut.fichier_id, []).append(defaut)
    for fichier in session.scalars(query):
        yield fichier, by_file.get(fichier.id, ())
