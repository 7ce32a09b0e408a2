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


def _held(contrat: ContratGrdF, jour: date) -> Any:
    """Select the points that are in a contract on a day, or have been since."""
    mine = EvenementContractuel.contrat_id == contrat.contrat_id
    since = select(EvenementContractuel.prm).where(mine, EvenementContractuel.jour >= jour)
    held = and_(Point.fournisseur_titulaire == contrat.acteur_code, Point.segment == "C5")
    return and_(or_(held, Point.prm.in_(since)), POINT_SEEN)


def prms_to_read(session: Session, contrat: ContratGrdF, jour: date) -> Iterator[str]:
    """Yield the points of which a reading may be told on a day, in their order: those of its fixed
    day, and those to which something happened."""
    codes = [plage for plage, fixe in _FIXES.items() if fixe == jour.day]
    fixed: Any = Point.plage_releve.in_(codes)
    if jour.day == _PREMIER:
        others = [plage for plage, fixe in _FIXES.items() if fixe != _PREMIER]
        fixed = or_(Point.plage_releve.is_(None), Point.plage_releve.not_in(others))
    mine = EvenementContractuel.contrat_id == contrat.contrat_id, EvenementContractuel.connu == jour
    both = union(
        select(Point.prm).where(_held(contrat, jour), fixed),
        select(EvenementContractuel.prm).where(*mine),
        select(ReleveErrone.prm).where(ReleveErrone.corrige == jour),
    ).subquery()
    yield from session.scalars(select(both.c.prm).order_by(both.c.prm))


def prms_of_events(session: Session, contrat: ContratGrdF, jour: date) -> Iterator[str]:
    """Yield the points to which something happened on a day, in their order."""
    mine = EvenementContractuel.contrat_id == contrat.contrat_id, EvenementContractuel.connu == jour
    query = select(EvenementContractuel.prm).where(*mine).distinct()
    yield from session.scalars(query.order_by(EvenementContractuel.prm))


def next_contract_day(session: Session, contrat: ContratGrdF, quoi: str, jour: date) -> date | None:
    """Return the first day, from one on, that has something of `quoi` to tell (`ParContrat`)."""
    if quoi in ("evenements", "releves"):
        mine = EvenementContractuel.contrat_id == contrat.contrat_id
        after = select(func.min(EvenementContractuel.connu)).where(mine)
        found = session.scalar(after.where(EvenementContractuel.connu >= jour))
        if quoi == "evenements":
            return found
        wrong = select(func.min(ReleveErrone.corrige)).where(ReleveErrone.corrige >= jour)
        found = min(filter(None, (found, session.scalar(wrong))), default=None)
        plages = session.scalars(select(Point.plage_releve).where(_held(contrat, jour)).distinct())
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
    held = session.scalar(late.where(affaire.close_at >= start))
    moved = [legal_date(each) for each in (opened, closed) if each is not None]
    return min([*moved, *([held] if held else [])], default=None)
