"""The customers of the simulator: who holds the points that may be shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sge_sim.domaine.francais import normalise
from sge_sim.tables.points import POINT_SEEN, Point

_CANDIDATES = 5000


@dataclass(frozen=True, slots=True)
class ClientFinal:
    """A customer of the simulator: who holds points, and which ones could be shared."""

    titulaire: str
    nom: str
    commune: str
    prms: tuple[str, ...]


def titulaire_de(nom: str | None, code_insee: str) -> str:
    """Return the key of the customer who holds a point.

    SGE numbers no customer here: the points that bear one name in a commune are taken for those
    of one customer (assumed).
    """
    return f"{code_insee} {normalise(nom or '')}"


def find_clients(session: Session, recherche: str = "", limit: int = 30) -> list[ClientFinal]:
    """Return customers whose points Data Connect serves, those with most points first.

    `recherche` is a part of a name, or a PRM.
    """
    query = _served().where(Point.nom_client_final.is_not(None))
    cherche = recherche.strip()
    if cherche:
        pattern = f"%{normalise(cherche)}%"
        query = query.where(or_(Point.recherche_nom.like(pattern), Point.prm == cherche))
    held: dict[str, list[Point]] = {}
    for point in session.scalars(query.order_by(Point.prm).limit(_CANDIDATES)):
        held.setdefault(titulaire_de(point.nom_client_final, point.code_insee), []).append(point)
    ordered = sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
    return [_client(titulaire, points) for titulaire, points in ordered[:limit]]


def find_client(session: Session, titulaire: str) -> ClientFinal | None:
    """Return the customer of that key."""
    code_insee, _, nom = titulaire.partition(" ")
    query = _served().where(Point.code_insee == code_insee, Point.recherche_nom == nom)
    points = list(session.scalars(query.order_by(Point.prm)))
    return _client(titulaire, points) if points else None


def _served() -> Any:
    return select(Point).where(
        POINT_SEEN,
        Point.segment.in_(("C5", "P4")),
        Point.niveau_ouverture_services == 2,
        Point.etat_contractuel.in_(("SERVC", "ECRES")),
    )


def _client(titulaire: str, points: Sequence[Point]) -> ClientFinal:
    first = points[0]
    return ClientFinal(
        titulaire,
        first.nom_client_final or "",
        first.commune,
        tuple(point.prm for point in points),
    )
