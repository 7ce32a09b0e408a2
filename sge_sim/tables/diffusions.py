"""What the options of access services publish, and to where it was published.

A *diffusion* is all that one contract receives in one flux, at one frequency and of one nature.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from sge_sim.domaine.nomenclatures import PETITS, CodeFlux, Sens, TypeServiceAcces
from sge_sim.tables.acces import OptionPublication
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.flux import Publication
from sge_sim.tables.points import Point
from sge_sim.tables.prepared import Prepared, Query, Rows

FluxOfOptions = Mapping[tuple[TypeServiceAcces, bool], tuple[CodeFlux, bool]]
"""The flux that options publish, by type of measures, of C5 and P4 or of the others (GUI 0503 §1),
and whether its files that aren't daily are of one nature alone."""


@dataclass(frozen=True)
class Diffusion:
    """A flux that one contract receives at one frequency. `corrigees` is empty but for curves that
    aren't daily: files are grouped by flux and frequency, those by nature too (GUI 0503 §1)."""

    contrat_id: str
    flux: CodeFlux
    periodicite: str
    corrigees: bool | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The sort key of diffusions."""
        return self.contrat_id, self.flux, self.periodicite, str(self.corrigees)


@dataclass(frozen=True)
class PointDiffuse:
    """A point in one direction, published over the legal days [debut, fin) of its option."""

    prm: str
    sens: Sens
    debut: date
    fin: date


_DIFFUSED: Final = (
    select(
        ServiceSouscrit.contrat_id,
        ServiceSouscrit.prm,
        ServiceSouscrit.sens,
        ServiceSouscrit.acces_type,
        Point.segment,
        OptionPublication.corrigees,
        OptionPublication.periodicite,
        OptionPublication.date_debut,
        OptionPublication.date_fin,
        ServiceSouscrit.date_fin,
    )
    .join(OptionPublication)
    .join(Point, Point.prm == ServiceSouscrit.prm)
    .where(
        ServiceSouscrit.type == "ACCES",
        ServiceSouscrit.activated_at.is_not(None),
        or_(
            OptionPublication.date_fin.is_(None),
            OptionPublication.date_fin > OptionPublication.date_debut,
        ),
    )
    .order_by(ServiceSouscrit.prm, ServiceSouscrit.sens, OptionPublication.id)
)


read_diffused: Final[Query[Rows]] = Query((Prepared(_DIFFUSED),), (), lambda rows: rows)
"""What `diffusions` takes."""


def diffusions(rows: Rows, flux_of_options: FluxOfOptions) -> dict[Diffusion, list[PointDiffuse]]:
    """Return all that options publish or have published, by point then direction."""
    found: dict[Diffusion, list[PointDiffuse]] = {}
    for contrat_id, prm, sens, type_, segment, corrigees, periodicite, debut, fin, end in rows:
        published = type_ and flux_of_options.get((type_, segment in PETITS))
        if contrat_id is None or sens is None or not published:
            continue
        flux, by_nature = published
        nature = corrigees if by_nature and periodicite != "P1D" else None
        last = min(day for day in (fin, end, date.max) if day is not None)
        found.setdefault(Diffusion(contrat_id, flux, periodicite, nature), []).append(
            PointDiffuse(prm, sens, debut, last)
        )
    return found


_KEY: Final = (
    *(Publication.contrat_id, Publication.flux),
    *(Publication.periodicite, Publication.corrigees),
)
read_diffused_until: Final[Query[dict[Diffusion, date]]] = Query(
    (
        Prepared(
            select(*_KEY, func.max(Publication.fin))
            .where(Publication.periodicite.is_not(None))
            .group_by(*_KEY)
        ),
    ),
    (),
    lambda rows: {Diffusion(*key): fin for *key, fin in rows if fin is not None},
)
"""The day of transaction (excluded) to which each diffusion was published."""


def diffused_sequence(session: Session, diffusion: Diffusion) -> int:
    """Return the sequence number of the last publication of a diffusion, 0 without one."""
    query = select(func.max(Publication.sequence)).where(
        Publication.contrat_id == diffusion.contrat_id,
        Publication.flux == diffusion.flux,
        Publication.periodicite == diffusion.periodicite,
        Publication.corrigees.is_(diffusion.corrigees),
    )
    return session.scalar(query) or 0
