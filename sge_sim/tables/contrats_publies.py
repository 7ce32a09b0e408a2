"""What is due to the suppliers that have a GRD-F contract, and to which of its days it was told."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select, union
from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.domaine.libelles import jour_releve
from sge_sim.tables.acteurs import Contrat
from sge_sim.tables.flux import FichierFlux, Publication
from sge_sim.tables.perimetre import (
    AffaireContractuelle,
    ContratGrdF,
    EvenementContractuel,
    ReleveErrone,
)
from sge_sim.tables.points import POINT_SEEN, Point

_DEBUTS: Final = ("DM", "TD", "MM", "TM", "FM", "TF")
_FIXES: Final = {
    plage: jour_releve(plage)
    for debut in _DEBUTS
    for plage in (f"{debut}{n:02d}" for n in range(32))
}
PREMIERE_PHOTO: Final = ("C4",)
"""The segments of which a contract is told all points on its first day (guide C12)."""
_PREMIER: Final = 1
_JOURS_FIXES: Final = 31


def receiving_contract(session: Session, contrat: ContratGrdF) -> str | None:
    """Return the contract whose channel the files of a GRD-F contract take: that of its number,
    else the first one of its supplier; None where it has none."""
    mine = Contrat.acteur_code == contrat.acteur_code
    order = Contrat.contrat_id != contrat.contrat_id, Contrat.contrat_id
    return session.scalars(select(Contrat.contrat_id).where(mine).order_by(*order)).first()


def contract_days(session: Session, contrat_id: str) -> dict[str, date]:
    """Return the day (excluded) to which what goes by days was published to a contract, by flux."""
    mine = Publication.contrat_id == contrat_id, Publication.periodicite.is_not(None)
    query = select(Publication.flux, func.max(Publication.fin)).where(*mine)
    return {flux: fin for flux, fin in session.execute(query.group_by(Publication.flux)) if fin}


def count_named(session: Session, contrat_id: str, beginning: str) -> int:
    """Return how many files of a contract have a name that begins so."""
    mine = FichierFlux.contrat_id == contrat_id
    within = mine, FichierFlux.nom >= beginning, FichierFlux.nom < f"{beginning}\x7f"
    return session.scalar(select(func.count()).select_from(FichierFlux).where(*within)) or 0


def _held(contrat: ContratGrdF, segment: str, jour: date) -> Any:
    """Select the points of a segment that are in a contract on a day, or have been since."""
    mine = EvenementContractuel.contrat_id == contrat.contrat_id
    since = select(EvenementContractuel.prm).where(mine, EvenementContractuel.jour >= jour)
    held = or_(Point.fournisseur_titulaire == contrat.acteur_code, Point.prm.in_(since))
    return and_(held, Point.segment == segment, POINT_SEEN)


def _happened(contrat: ContratGrdF, segment: str) -> Any:
    """Select the events of the points of a segment in a contract."""
    prms = select(Point.prm).where(Point.segment == segment)
    mine = EvenementContractuel.contrat_id == contrat.contrat_id
    return and_(mine, EvenementContractuel.prm.in_(prms))


def prms_to_read(session: Session, contrat: ContratGrdF, segment: str, jour: date) -> Iterator[str]:
    """Yield the points of a segment of which a reading may be told on a day, in their order: those
    of its fixed day, and those to which something happened."""
    codes = [plage for plage, fixe in _FIXES.items() if fixe == jour.day]
    fixed: Any = Point.plage_releve.in_(codes)
    if jour.day == _PREMIER:
        others = [plage for plage, fixe in _FIXES.items() if fixe != _PREMIER]
        fixed = or_(Point.plage_releve.is_(None), Point.plage_releve.not_in(others))
    mine = _happened(contrat, segment), EvenementContractuel.connu == jour
    both = union(
        select(Point.prm).where(_held(contrat, segment, jour), fixed),
        select(EvenementContractuel.prm).where(*mine),
        select(Point.prm)
        .join(ReleveErrone, ReleveErrone.prm == Point.prm)
        .where(ReleveErrone.corrige == jour, Point.segment == segment),
    ).subquery()
    yield from session.scalars(select(both.c.prm).order_by(both.c.prm))


def prms_of_events(
    session: Session, contrat: ContratGrdF, segment: str, jour: date
) -> Iterator[str]:
    """Yield the points of a segment to which something happened that is told on a day, in their
    order; all that a contract holds on its first day, where their files begin by that
    (`PREMIERE_PHOTO`)."""
    mine = _happened(contrat, segment), EvenementContractuel.connu == jour
    found = {*session.scalars(select(EvenementContractuel.prm).where(*mine))}
    if segment in PREMIERE_PHOTO and jour == contrat.debut:
        found |= {*session.scalars(select(Point.prm).where(_held(contrat, segment, jour)))}
    yield from sorted(found)


def next_contract_day(
    session: Session, contrat: ContratGrdF, quoi: str, segment: str, jour: date
) -> date | None:
    """Return the first day, from one on, that has something of `quoi` to tell (`ParContrat`)."""
    if quoi in ("evenements", "releves"):
        after = select(func.min(EvenementContractuel.connu)).where(_happened(contrat, segment))
        found = session.scalar(after.where(EvenementContractuel.connu >= jour))
        if quoi == "evenements":
            photo = segment in PREMIERE_PHOTO and jour == contrat.debut
            any_held = select(Point.prm).where(_held(contrat, segment, jour)).limit(1)
            return jour if photo and session.scalar(any_held) else found
        of_segment = ReleveErrone.prm.in_(select(Point.prm).where(Point.segment == segment))
        wrong = select(func.min(ReleveErrone.corrige)).where(of_segment)
        corrected = session.scalar(wrong.where(ReleveErrone.corrige >= jour))
        found = min(filter(None, (found, corrected)), default=None)
        held = select(Point.plage_releve).where(_held(contrat, segment, jour))
        plages = session.scalars(held.distinct())
        fixes = {jour_releve(plage) for plage in plages}
        days = (jour + timedelta(n) for n in range(_JOURS_FIXES))
        first = next((day for day in days if day.day in fixes), None)
        return min((day for day in (found, first) if day is not None), default=None)
    affaire, start = AffaireContractuelle, start_of_day(jour)
    recues = quoi == "affaires_recues"
    whose = affaire.contrat_receveur if recues else affaire.contrat_id
    wanted = whose == contrat.contrat_id, affaire.prestation.is_not(None)
    opened, closed = (
        session.scalar(select(func.min(column)).where(*wanted, column >= start))
        for column in (affaire.ouverte_at, affaire.close_at)
    )
    # One that was closed late is told of its own day.
    late = select(func.min(affaire.jour)).where(*wanted, affaire.jour >= jour)
    last = session.scalar(late.where(affaire.close_at >= start))
    moved = [legal_date(each) for each in (opened, closed) if each is not None]
    return min([*moved, *([last] if last else [])], default=None)
