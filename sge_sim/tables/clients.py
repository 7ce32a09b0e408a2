"""The customers of the simulator: who holds the points that may be shared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, PETITS
from sge_sim.tables.points import POINT_SEEN, Point
from sge_sim.tables.prepared import Prepared, Query, Question

_CANDIDATES: Final = 5000
_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class PointPartageable:
    """A point that could be shared, and the directions under contract."""

    prm: str
    contrat_soutirage: bool
    contrat_injection: bool


@dataclass(frozen=True, slots=True)
class ClientFinal:
    """A customer of the simulator: who holds points, and which ones could be shared."""

    titulaire: str
    nom: str
    commune: str
    points: tuple[PointPartageable, ...]

    @property
    def prms(self) -> tuple[str, ...]:
        """The points that could be shared."""
        return tuple(point.prm for point in self.points)


def titulaire_de(nom: str | None, code_insee: str) -> str:
    """Return the key of the customer who holds a point.

    SGE numbers no customer here: the points that bear one name in a commune are taken for those
    of one customer (assumed).
    """
    return f"{code_insee} {normalise(nom or '')}"


_SERVED: Final = (
    select(
        Point.code_insee,
        Point.nom_client_final,
        Point.commune,
        Point.prm,
        Point.contrat_soutirage,
        Point.contrat_injection,
    )
    .where(
        POINT_SEEN,
        Point.nom_client_final.is_not(None),
        or_(*(Point.segment == segment for segment in sorted(PETITS))),
        Point.niveau_ouverture_services == 2,
        or_(*(Point.etat_contractuel == etat for etat in sorted(ETATS_EN_SERVICE))),
    )
    .order_by(Point.prm)
)
_HELD: Final = Prepared(
    _SERVED.where(
        Point.code_insee == bindparam("code_insee"), Point.recherche_nom == bindparam("nom")
    )
)


def find_clients(session: Session, recherche: str) -> list[ClientFinal]:
    """Return some customers whose points Data Connect serves, those with most points first.

    `recherche` is a part of a name, or a PRM.
    """
    query, cherche = _SERVED, recherche.strip()
    if cherche:
        pattern = f"%{normalise(cherche)}%"
        query = query.where(or_(Point.recherche_nom.like(pattern), Point.prm == cherche))
    rows = session.execute(query.limit(_CANDIDATES))
    return sorted(_clients(rows), key=lambda client: (-len(client.points), client.titulaire))[
        :_SHOWN
    ]


def held_by(titulaire: str) -> Question:
    """Return the question that reads the customer of that key."""
    code_insee, _, nom = titulaire.partition(" ")
    return read_client, code_insee, nom


def _clients(rows: Iterable[Sequence[Any]]) -> list[ClientFinal]:
    held: dict[str, ClientFinal] = {}
    for code_insee, nom, commune, *point in rows:
        titulaire = titulaire_de(nom, code_insee)
        known = held.get(titulaire, ClientFinal(titulaire, nom, commune, ()))
        held[titulaire] = replace(known, points=(*known.points, PointPartageable(*point)))
    return [*held.values()]


read_client: Final[Query[ClientFinal | None]] = Query(
    (_HELD,), ("code_insee", "nom"), lambda rows: next(iter(_clients(rows)), None)
)
"""The customer of that name in that commune; see `held_by`."""
