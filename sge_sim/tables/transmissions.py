"""The data that subscriptions transmit, read at once for the thousands of points of a publication.

Values and not rows: a publication changes nothing of what it reads.

The ends of services that are still to be announced to their beneficiary are read here too.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    Boolean,
    Date,
    Select,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from sge_sim.clock import legal_date, start_of_day
from sge_sim.domaine.nomenclatures import (
    PETITS,
    CategorieClientFinal,
    MotifFin,
    PuissanceUnite,
    Segment,
    Sens,
)
from sge_sim.tables.base import Instant
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.points import POINT_SEEN, Compteur, Point
from sge_sim.tables.prepared import Driver, Prepared, Query

ENDS_OF_A_TERM: tuple[MotifFin, ...] = ("echeance", "prolongation")
"""Ends after which the last days of a service are still sent."""

_POINTS_AT_ONCE = 500


@dataclass(frozen=True)
class Transmission:
    """The services of a subscription that one publication covers.

    Those on C5 and P4 (`petits`), or on the other segments; over the legal days [debut, fin),
    published at `instant`. A service transmits from the day on which it was activated: measures of
    earlier days aren't collected. The last days of one that reached its term are sent after it;
    one that was stopped, whoever stopped it, sends nothing more (assumed), unless
    `publie_avant_arret`.
    """

    numero: int
    petits: bool
    debut: date
    fin: date
    instant: datetime
    publie_avant_arret: bool = False


class PointTransmis(NamedTuple):
    """The columns of a point that its measures depend on: a third of them, for thousands of points
    at once."""

    prm: str
    segment: Segment
    niveau_ouverture_services: int | None
    categorie_client_final: CategorieClientFinal | None
    tension_livraison: str | None
    puissance_raccordement: int | None
    puissance_raccordement_unite: PuissanceUnite | None
    fta: str | None
    puissance_souscrite: int | None
    puissance_souscrite_unite: PuissanceUnite | None
    calendrier_fournisseur: str | None
    date_mise_en_service: date | None
    date_resiliation: date | None
    heures_creuses_libelle: str | None
    heures_creuses_saison_basse: str | None
    plage_releve: str | None
    mode_traitement: str | None
    type_comptage: str | None
    code_insee: str
    contrat_soutirage: bool
    contrat_injection: bool
    graine: int
    pourquoi: str | None
    apport_id: int | None


class ServiceTransmis(NamedTuple):
    """A transmitted service and its point; `r4x_pas`: the step of the curve of a large one."""

    prm: str
    service_souscrit_id: str
    affaire_id: str | None
    sens: Sens | None
    corrigees: bool | None
    date_debut: date
    date_fin: date | None
    activated_at: datetime
    r4x_pas: Literal[5, 10] | None
    point: PointTransmis

    @property
    def jours(self) -> tuple[date, date]:
        """The legal days [debut, fin) that the service transmits."""
        activated = legal_date(self.activated_at)
        return max(self.date_debut, activated), self.date_fin or date.max


_OF_SERVICE: list[Any] = [
    getattr(ServiceSouscrit if hasattr(ServiceSouscrit, name) else Point, name)
    for name in ServiceTransmis._fields[:-1]
]
_OF_POINT: list[Any] = [getattr(Point, name) for name in PointTransmis._fields]


def read_points(session: Session, prms: Sequence[str]) -> dict[str, PointTransmis]:
    """Return what the measures of some hundreds of points depend on of their sheets, by PRM."""
    query = select(*_OF_POINT).where(Point.prm.in_(prms), POINT_SEEN)
    return {row[0]: PointTransmis(*row) for row in session.execute(query)}


class Etendue(NamedTuple):
    """Between which legal days [debut, fin) a subscription may transmit: not before, not after."""

    debut: date
    fin: date


def etendue_after(session: Session, numero: int, jour: date, *, petits: bool) -> Etendue | None:
    """Return the extent of what a subscription transmits from `jour` on, None without any."""
    query = _EXTENTS.where(
        ServiceSouscrit.abonnement_numero == numero,
        Point.segment.in_(PETITS) if petits else Point.segment.not_in(PETITS),
        or_(ServiceSouscrit.date_fin.is_(None), ServiceSouscrit.date_fin > jour),
    )
    return etendues(session.execute(query)).get((numero, petits))


def transmits(session: Session, transmission: Transmission) -> bool:
    """Tell whether any service is covered."""
    return bool(_COVERED.rows(Driver.under(session), **_values(transmission)))


Bornes = tuple[str, str]
"""The first and the last PRM of some points that follow each other."""


def bounds_of_parts(session: Session, transmission: Transmission, points: int) -> list[Bornes]:
    """Return the bounds of the same points, cut into parts of at most `points`."""
    prms, bounds = iter(session.scalars(_PRMS, _values(transmission))), []
    while part := list(islice(prms, points)):
        bounds.append((part[0], part[-1]))
    return bounds


def measured_points(
    session: Session, transmission: Transmission, bornes: Bornes
) -> Iterator[Sequence[Sequence[ServiceTransmis]]]:
    """Yield the services of the same points within bounds, some hundreds of points at once, by PRM
    then number.

    Bounds are those of one file at most, whose points are in memory.
    """
    first, last = bornes
    found = _SERVICES.rows(Driver.under(session), **_values(transmission), first=first, last=last)
    of_service = len(_OF_SERVICE)
    rows = (
        ServiceTransmis._make((*row[:of_service], PointTransmis(*row[of_service:])))
        for row in found
    )
    points = (list(services) for _, services in groupby(rows, lambda row: row.prm))
    while part := list(islice(points, _POINTS_AT_ONCE)):
        yield part


_MEASURED = (
    Point.date_mise_en_service.is_not(None),
    exists().where(Compteur.prm == Point.prm, Compteur.date_pose.is_not(None)),
)


def _joined(*columns: Any) -> Select[Any]:
    """Select from the services that are covered and their points, by `_values`.

    Only recurrent transmissions have a subscription.
    """
    fin, instant = bindparam("fin", type_=Date), bindparam("instant", type_=Instant)
    return (
        select(*columns)
        .select_from(ServiceSouscrit)
        .join(Point, Point.prm == ServiceSouscrit.prm)
        .where(
            ServiceSouscrit.abonnement_numero == bindparam("numero"),
            or_(*(Point.segment == segment for segment in sorted(PETITS)))
            == bindparam("petits", type_=Boolean),
            ServiceSouscrit.activated_at < bindparam("minuit", type_=Instant),
            ServiceSouscrit.date_debut < fin,
            or_(
                ServiceSouscrit.date_fin.is_(None),
                ServiceSouscrit.date_fin > bindparam("debut", type_=Date),
            ),
            or_(
                ServiceSouscrit.ended_at.is_(None),
                ServiceSouscrit.ended_at >= instant,
                *(ServiceSouscrit.motif_fin == motif for motif in ENDS_OF_A_TERM),
                bindparam("publie_avant_arret", type_=Boolean),
            ),
        )
    )


def _values(transmission: Transmission) -> dict[str, Any]:
    return {**vars(transmission), "minuit": start_of_day(transmission.fin)}


_COVERED: Final = Prepared(_joined(ServiceSouscrit.prm).limit(1))
_PRMS: Final = (
    _joined(ServiceSouscrit.prm)
    .where(*_MEASURED)
    .distinct()
    .order_by(ServiceSouscrit.prm)
    .execution_options(yield_per=_POINTS_AT_ONCE)
)
_SERVICES: Final = Prepared(
    _joined(*_OF_SERVICE, *_OF_POINT)
    .where(*_MEASURED, ServiceSouscrit.prm.between(bindparam("first"), bindparam("last")))
    .order_by(ServiceSouscrit.prm, ServiceSouscrit.service_souscrit_id)
)


_EXTENTS: Final[Any] = (
    select(
        ServiceSouscrit.abonnement_numero,
        Point.segment,
        func.min(ServiceSouscrit.date_debut),
        func.min(ServiceSouscrit.activated_at),
        func.max(ServiceSouscrit.date_fin),
        func.count() > func.count(ServiceSouscrit.date_fin),
    )
    .join(Point, Point.prm == ServiceSouscrit.prm)
    .where(
        ServiceSouscrit.abonnement_numero.is_not(None), ServiceSouscrit.activated_at.is_not(None)
    )
    .group_by(ServiceSouscrit.abonnement_numero, Point.segment)
)


def etendues(rows: Iterable[Any]) -> dict[tuple[int, bool], Etendue]:
    """Return the extent of each subscription that has services, by its number and `petits`."""
    found: dict[tuple[int, bool], Etendue] = {}
    for numero, segment, first, activated, last, endless in rows:
        cle = (numero, segment in PETITS)
        # Nobody's service starts before both, even where they are those of two services.
        debut: date = max(first, legal_date(activated))
        fin: date = date.max if endless else last
        known = found.get(cle, Etendue(debut, fin))
        found[cle] = Etendue(min(debut, known.debut), max(fin, known.fin))
    return found


read_etendues: Final = Query((Prepared(_EXTENTS),), (), etendues)


_ENDS_AT_ONCE = 1000
"""How many ends one file tells at most: bounds the file, and the statement that records it."""


_UNANNOUNCED: Final = (
    ServiceSouscrit.ended_at.is_not(None),
    ServiceSouscrit.announced_at.is_(None),
    ServiceSouscrit.activated_at.is_not(None),
    or_(ServiceSouscrit.affaire_id.is_not(None), ServiceSouscrit.consentement_id.is_not(None)),
)
"""Only those are told that had begun, by an order or a consent (assumed)."""
read_first_end: Final[Query[datetime | None]] = Query(
    (
        Prepared(
            select(ServiceSouscrit.ended_at)
            .where(*_UNANNOUNCED)
            .order_by(ServiceSouscrit.ended_at)
            .limit(1)
        ),
    ),
    (),
    lambda rows: rows[0][0] if rows else None,
)
"""When the first service ended whose beneficiary isn't notified yet."""


def unannounced_ends(session: Session) -> Sequence[ServiceSouscrit]:
    """Return the first services of a contract that ended and whose beneficiary isn't notified yet.

    They ended at the same instant, and are in the order of their numbers, 1 000 at most.
    """
    first = session.execute(
        select(ServiceSouscrit.ended_at, ServiceSouscrit.contrat_id)
        .where(*_UNANNOUNCED)
        .order_by(ServiceSouscrit.ended_at, ServiceSouscrit.service_souscrit_id)
        .limit(1)
    ).first()
    if first is None:
        return ()
    return session.scalars(
        select(ServiceSouscrit)
        .where(
            *_UNANNOUNCED,
            ServiceSouscrit.ended_at == first.ended_at,
            ServiceSouscrit.contrat_id == first.contrat_id,
        )
        .order_by(ServiceSouscrit.service_souscrit_id)
        .limit(_ENDS_AT_ONCE)
    ).all()


def announce_ends(session: Session, numeros: Sequence[str], instant: datetime) -> bool:
    """Record that the ends of services are announced; False, and nothing done, if one was."""
    which = ServiceSouscrit.service_souscrit_id.in_(numeros)
    known = select(ServiceSouscrit.service_souscrit_id).where(
        which, ServiceSouscrit.announced_at.is_not(None)
    )
    if session.scalar(known.limit(1)) is not None:
        return False
    session.execute(update(ServiceSouscrit).where(which).values(announced_at=instant))
    return True
