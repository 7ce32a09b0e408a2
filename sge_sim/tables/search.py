"""Finds points by the criteria of RecherchePoint.

What a caller may see (perimeter, cases) is a rule of the service; this only applies it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, selectinload

from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import CategorieClientFinal, DomaineTension, EtatContractuel
from sge_sim.tables.base import matching
from sge_sim.tables.points import POINT_SEEN, SEARCH_COLUMNS, Compteur, Point, search_text

_AT_ONCE = 500
"""Points that are read together among those of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteres:
    """The criteria of a search: points meet all those that are given.

    Address lines are equal once normalised, `nom_client_final` contains what is given once
    normalised, the rest is equal as written.
    """

    code_postal: str | None = None
    code_insee: str | None = None
    escalier_etage_appartement: str | None = None
    batiment: str | None = None
    numero_et_nom_voie: str | None = None
    lieu_dit: str | None = None
    siret: str | None = None
    matricule_ou_numero_serie: str | None = None
    domaine_tension: DomaineTension | None = None
    nom_client_final: str | None = None
    categorie_client_final: CategorieClientFinal | None = None


def search_points(
    session: Session,
    criteres: Criteres,
    *,
    limit: int,
    etats: Collection[EtatContractuel] | None = None,
    titulaire: str | None = None,
) -> list[Point]:
    """Return the points that agree with `criteres`, by PRM, their meters loaded.

    `etats` restricts to those contractual states; points whose incumbent supplier is `titulaire`
    are found in any state all the same. More than `limit` points come back as `limit + 1` of
    them, which ones isn't said: the caller refuses them anyway, and sorting them first would
    mean reading a whole commune.
    """
    query = _selected(criteres).where(POINT_SEEN).options(selectinload(Point.compteurs))
    if etats is not None:
        perimeter: ColumnElement[bool] = Point.etat_contractuel.in_(etats)
        if titulaire is not None:
            perimeter |= Point.fournisseur_titulaire == titulaire
        query = query.where(perimeter)
    found: list[Point] = []
    for prms in _looked_up(session, criteres):
        among = query if prms is None else query.where(Point.prm.in_(prms))
        found += session.scalars(among.limit(limit + 1 - len(found)))
        if len(found) > limit:
            break
    return sorted(found, key=lambda point: point.prm)


def _looked_up(session: Session, criteres: Criteres) -> Iterator[Sequence[str] | None]:
    """Yield the PRM to look among, some hundreds at once; None, alone, where any will do.

    Those of a meter, or of a name that only a commune narrows, come by a query of their own, which
    reads an index alone. In one with the rest, a server that estimates wrongly would look the meter
    up for each point of a commune, or go through all points to see their name.
    """
    if (number := criteres.matricule_ou_numero_serie) is not None:
        yield session.scalars(_of_meter(number)).all()
    elif criteres.nom_client_final is not None and not _narrow(criteres):
        named = select(Point.prm).where(*_commune(criteres), _named(criteres.nom_client_final))
        with session.scalars(named.execution_options(yield_per=_AT_ONCE)) as prms:
            yield from prms.partitions()
    else:
        yield None


def _selected(criteres: Criteres) -> Select[Point]:
    """Return the query of the points that meet `criteres`, but for those of `_looked_up`."""
    equalities = matching(
        (Point.siret, criteres.siret),
        (Point.domaine_tension, criteres.domaine_tension),
        (Point.categorie_client_final, criteres.categorie_client_final),
        *(
            (getattr(Point, column), search_text(getattr(criteres, name)))
            for name, column in SEARCH_COLUMNS.items()
            if name != "nom_client_final"
        ),
    )
    query = select(Point).where(*equalities)
    if criteres.nom_client_final is None:
        return query.where(*_commune(criteres))
    if _narrow(criteres):
        return query.where(*_commune(criteres), _named(criteres.nom_client_final))
    return query


def _commune(criteres: Criteres) -> list[ColumnElement[bool]]:
    return matching(
        (Point.code_postal, criteres.code_postal), (Point.code_insee, criteres.code_insee)
    )


def _named(nom: str) -> ColumnElement[bool]:
    """Return that a client's name has a part.

    Nothing but letters, digits and spaces is left of it: no wildcard to escape. A name of which
    nothing is left is no name, and finds nothing rather than everything.
    """
    name = normalise(nom)
    return Point.recherche_nom.contains(name) if name else false()


def _narrow(criteres: Criteres) -> bool:
    """Tell whether criteria other than a commune and a name leave few points to read."""
    few = (criteres.numero_et_nom_voie, criteres.siret, criteres.matricule_ou_numero_serie)
    return any(criterion is not None for criterion in few)


def _of_meter(number: str) -> Select[str]:
    return select(Compteur.prm).where(
        or_(Compteur.matricule == number, Compteur.numero_serie == number),
        Compteur.date_depose.is_(None),
    )
