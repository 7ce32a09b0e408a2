"""Rows as somebody looks at them in a browser: lists with a few criteria, the newest first."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_, union
from sqlalchemy.orm import Session

from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import EtatContractuel, EtatService, Segment
from sge_sim.tables.base import matching
from sge_sim.tables.campaigns import Campaign
from sge_sim.tables.commandes import Affaire, AutorisationClient, Evenement, ServiceSouscrit
from sge_sim.tables.flux import FichierFlux
from sge_sim.tables.m023 import DemandeM023
from sge_sim.tables.pannes import PannePrevue
from sge_sim.tables.points import POINT_SEEN, Commune, Point
from sge_sim.tables.prepared import Prepared, Query

_SCANNED: Final = 20_000
_CANDIDATES: Final = 1000
_COMMUNES: Final = 50
_WAITING: Final = (
    Campaign.fin.is_(None),
    or_(FichierFlux.etat == "a_livrer", FichierFlux.etat == "echec"),
    DemandeM023.etat == "transmise",
    PannePrevue.numero > 0,
)
read_waiting: Final[Query[tuple[int, ...]]] = Query(
    (Prepared(select(*(select(func.count()).where(each).scalar_subquery() for each in _WAITING))),),
    (),
    lambda rows: rows[0],
)
"""How many campaigns are open, files undelivered, demands unanswered, pannes planned."""


def find_services_souscrits(
    session: Session,
    *,
    etat: EtatService | None = None,
    prm: str | None = None,
    acteur_code: str | None = None,
    before: str | None = None,
    limit: int,
) -> Sequence[ServiceSouscrit]:
    """Return at most `limit` subscribed services, those ordered last at the head.

    With `before`, the number of a service, only those that come after it: the next page.
    """
    wanted = matching(
        (ServiceSouscrit.etat, etat),
        (ServiceSouscrit.prm, prm),
        (ServiceSouscrit.acteur_code, acteur_code),
    )
    query = (
        select(ServiceSouscrit)
        .where(*wanted)
        .order_by(ServiceSouscrit.ordered_at.desc(), ServiceSouscrit.service_souscrit_id.desc())
    )
    if before is not None:
        place = tuple_(ServiceSouscrit.ordered_at, ServiceSouscrit.service_souscrit_id)
        known = select(ServiceSouscrit.ordered_at, ServiceSouscrit.service_souscrit_id)
        last = known.where(ServiceSouscrit.service_souscrit_id == before)
        query = query.where(place < last.scalar_subquery())
    return session.scalars(query.limit(limit)).all()


def affaires_of(session: Session, prm: str, limit: int) -> Sequence[Affaire]:
    """Return at most `limit` cases of a point, the newest first."""
    query = select(Affaire).where(Affaire.prm == prm).order_by(Affaire.opened_at.desc())
    return session.scalars(query.limit(limit)).all()


def autorisations_of(session: Session, prm: str, limit: int) -> Sequence[AutorisationClient]:
    """Return at most `limit` declared authorisations of a point, the newest first."""
    query = select(AutorisationClient).where(AutorisationClient.prm == prm)
    return session.scalars(query.order_by(AutorisationClient.id.desc()).limit(limit)).all()


def evenements_of(session: Session, prm: str, limit: int) -> Sequence[Evenement]:
    """Return at most `limit` events of a point, the newest first."""
    query = select(Evenement).where(Evenement.prm == prm).order_by(Evenement.instant.desc())
    return session.scalars(query.limit(limit)).all()


def look_for_points(
    session: Session,
    words: str = "",
    segment: Segment | None = None,
    etat: EtatContractuel | None = None,
    *,
    after: str,
    limit: int,
) -> Sequence[Point]:
    """Return at most `limit` points that a person means by `words`, by PRM, those after `after`.

    A PRM or its beginning; the beginning of the client's name, or a part of it among the first
    20 000 points; a part of the commune, or of the reason why the point is in the data set: a
    thousand points by name and by commune. Without words, the points that are there for a reason.
    """
    where: list[ColumnElement[bool]] = [Point.prm > after, POINT_SEEN]
    if words.isascii() and words.isdigit():
        where.append((Point.prm >= words) & (Point.prm < words + ":"))
    elif words:
        where.append(Point.prm.in_(union(*_meant_by(session, words))))
    else:
        where.append(Point.pourquoi.is_not(None))
    where += matching((Point.segment, segment), (Point.etat_contractuel, etat))
    return session.scalars(select(Point).where(*where).order_by(Point.prm).limit(limit)).all()


def _meant_by(session: Session, words: str) -> list[Select[tuple[str]]]:
    """Return queries that give PRMs, none of which reads the table as a whole."""
    name = normalise(words)
    communes = session.execute(
        select(Commune.code_postal, Commune.code_insee)
        .where(Commune.libelle.icontains(words, autoescape=True))
        .limit(_COMMUNES)
    ).all()
    prms = select(Point.prm)
    first = prms.order_by(Point.prm).limit(_SCANNED).subquery()
    asked = [
        prms.where(Point.pourquoi.is_not(None), Point.pourquoi.icontains(words, autoescape=True)),
    ]
    if name:
        # What begins so: letters, digits and spaces alone are left, so nothing follows them all.
        begins = (Point.recherche_nom >= name) & (Point.recherche_nom < name + "\U0010ffff")
        asked += [
            prms.where(begins).limit(_CANDIDATES),
            prms.join(first, first.c.prm == Point.prm).where(Point.recherche_nom.contains(name)),
        ]
    if communes:
        within = or_(
            *(
                (Point.code_insee == insee) & (Point.code_postal == postal)
                for postal, insee in communes
            )
        )
        asked.append(prms.where(within).limit(_CANDIDATES))
    return [select(query.subquery().c.prm) for query in asked]
