"""What is due to the suppliers that have a GRD-F contract, and to which of its days it was told."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select, union
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
from sge_sim.tables.prepared import Driver, Prepared

_PLAGES = [f"{debut}{n:02d}" for debut in ("DM", "TD", "MM", "TM", "FM", "TF") for n in range(32)]
_FIXES: Final = {plage: jour_releve(plage) for plage in _PLAGES}
PREMIERE_PHOTO: Final = ("C4",)
"""The segments of which a contract is told all points on its first day (guide C12)."""
_PREMIER: Final = 1
_JOURS_FIXES: Final = 31
_CONTRAT: Final[BindParameter[Any]] = bindparam("contrat_id")
_ACTEUR: Final[BindParameter[Any]] = bindparam("acteur_code")
_SEGMENT: Final[BindParameter[Any]] = bindparam("segment")
_JOUR: Final[BindParameter[Any]] = bindparam("jour")
_DEBUT: Final[BindParameter[Any]] = bindparam("debut")
_RECEIVING: Final = Prepared(
    select(Contrat.contrat_id)
    .where(Contrat.acteur_code == _ACTEUR)
    .order_by(Contrat.contrat_id != _CONTRAT, Contrat.contrat_id)
    .limit(1)
)
_DAYS: Final = Prepared(
    select(Publication.flux, func.max(Publication.fin))
    .where(Publication.contrat_id == _CONTRAT, Publication.periodicite.is_not(None))
    .group_by(Publication.flux)
)


def receiving_contract(session: Session, contrat: ContratGrdF) -> str | None:
    """Return the contract whose channel the files of a GRD-F contract take: that of its number,
    else the first one of its supplier; None where it has none."""
    of = {"contrat_id": contrat.contrat_id, "acteur_code": contrat.acteur_code}
    return next((found for (found,) in _RECEIVING.rows(Driver.under(session), **of)), None)


def contract_days(session: Session, contrat_id: str) -> dict[str, date]:
    """Return the day (excluded) to which what goes by days was published to a contract, by flux."""
    found = _DAYS.rows(Driver.under(session), contrat_id=contrat_id)
    return {flux: fin for flux, fin in found if fin}


def count_named(session: Session, contrat_id: str, beginning: str) -> int:
    """Return how many files of a contract have a name that begins so."""
    mine = FichierFlux.contrat_id == contrat_id
    within = mine, FichierFlux.nom >= beginning, FichierFlux.nom < f"{beginning}\x7f"
    return session.scalar(select(func.count()).select_from(FichierFlux).where(*within)) or 0


def _held(contrat_id: Any, acteur_code: Any, segment: Any, jour: Any) -> Any:
    """Select the points of a segment that are in a contract on a day, or have been since."""
    mine = EvenementContractuel.contrat_id == contrat_id
    since = select(EvenementContractuel.prm).where(mine, EvenementContractuel.jour >= jour)
    held = or_(Point.fournisseur_titulaire == acteur_code, Point.prm.in_(since))
    return and_(held, Point.segment == segment, POINT_SEEN)


def _happened(contrat_id: Any, segment: Any) -> Any:
    """Select the events of the points of a segment in a contract."""
    prms = select(Point.prm).where(Point.segment == segment)
    mine = EvenementContractuel.contrat_id == contrat_id
    return and_(mine, EvenementContractuel.prm.in_(prms))


def prms_to_read(session: Session, contrat: ContratGrdF, segment: str, jour: date) -> Iterator[str]:
    """Yield the points of a segment of which a reading may be told on a day, in their order: those
    of its fixed day, and those to which something happened."""
    codes = [plage for plage, fixe in _FIXES.items() if fixe == jour.day]
    fixed: Any = Point.plage_releve.in_(codes)
    if jour.day == _PREMIER:
        others = [plage for plage, fixe in _FIXES.items() if fixe != _PREMIER]
        fixed = or_(Point.plage_releve.is_(None), Point.plage_releve.not_in(others))
    mine = _happened(contrat.contrat_id, segment), EvenementContractuel.connu == jour
    held = _held(contrat.contrat_id, contrat.acteur_code, segment, jour)
    both = union(
        select(Point.prm).where(held, fixed),
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
    mine = _happened(contrat.contrat_id, segment), EvenementContractuel.connu == jour
    found = {*session.scalars(select(EvenementContractuel.prm).where(*mine))}
    if segment in PREMIERE_PHOTO and jour == contrat.debut:
        held = _held(contrat.contrat_id, contrat.acteur_code, segment, jour)
        found |= {*session.scalars(select(Point.prm).where(held))}
    yield from sorted(found)


def _first(column: Any, *wanted: Any) -> Prepared:
    return Prepared(select(func.min(column)).where(*wanted))


_HELD: Final = _held(_CONTRAT, _ACTEUR, _SEGMENT, _JOUR)
_ANY_HELD: Final = Prepared(select(Point.prm).where(_HELD).limit(1))
_KNOWN: Final = _first(
    EvenementContractuel.connu, _happened(_CONTRAT, _SEGMENT), EvenementContractuel.connu >= _JOUR
)
_READ: Final = (
    _KNOWN,
    _first(
        ReleveErrone.corrige,
        ReleveErrone.prm.in_(select(Point.prm).where(Point.segment == _SEGMENT)),
        ReleveErrone.corrige >= _JOUR,
    ),
    Prepared(select(Point.plage_releve).where(_HELD).distinct()),
)


def _first_of_affaires(whose: Any) -> tuple[Prepared, ...]:
    """Ask when the first of the affaires of a contract is opened, and closed; of one that was
    closed late, which is told of its own day, that day."""
    affaire = AffaireContractuelle
    wanted = whose == _CONTRAT, affaire.prestation.is_not(None)
    return (
        _first(affaire.ouverte_at, *wanted, affaire.ouverte_at >= _DEBUT),
        _first(affaire.close_at, *wanted, affaire.close_at >= _DEBUT),
        _first(affaire.jour, *wanted, affaire.jour >= _JOUR, affaire.close_at >= _DEBUT),
    )


_OPENED: Final = {
    "affaires": _first_of_affaires(AffaireContractuelle.contrat_id),
    "affaires_recues": _first_of_affaires(AffaireContractuelle.contrat_receveur),
}


def next_contract_day(
    session: Session, contrat: ContratGrdF, quoi: str, segment: str, jour: date
) -> date | None:
    """Return the first day, from one on, that has something of `quoi` to tell (`ParContrat`)."""
    of = {"contrat_id": contrat.contrat_id, "acteur_code": contrat.acteur_code, "segment": segment}
    values = {**of, "jour": jour, "debut": start_of_day(jour)}
    driver = Driver.under(session)
    found: Iterable[date | None]
    if quoi == "evenements":
        photo = segment in PREMIERE_PHOTO and jour == contrat.debut
        if photo and _ANY_HELD.rows(driver, **values):
            return jour
        (found,) = _KNOWN.rows(driver, **values)
    elif quoi == "releves":
        ((known,),), ((corrected,),), plages = driver.execute((each, values) for each in _READ)
        fixes = {jour_releve(plage) for (plage,) in plages}
        days = (jour + timedelta(n) for n in range(_JOURS_FIXES))
        found = known, corrected, next((day for day in days if day.day in fixes), None)
    else:
        asked = ((each, values) for each in _OPENED[quoi])
        ((opened,),), ((closed,),), ((late,),) = driver.execute(asked)
        found = *(legal_date(each) for each in (opened, closed) if each is not None), late
    return min((day for day in found if day is not None), default=None)
