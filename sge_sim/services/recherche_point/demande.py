"""A search of RecherchePoint, as its rules look at it, and the points that it finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.domaine.francais import normalise
from sge_sim.domaine.nomenclatures import ETATS_EN_SERVICE, ETATS_HORS_SERVICE, Demandeur
from sge_sim.services.ecarts import is_empty
from sge_sim.tables.points import Point
from sge_sim.tables.search import Criteres, search_points

RESULTS_MAX = 200
"""More than this, and the whole search fails (GUI 0427 §3)."""


@dataclass(frozen=True)
class Recherche:
    """A search, as its rules look at it.

    `adresse` tells whether an address is among the criteria. `ecart` is what the
    platform being played answers instead.
    """

    criteres: Criteres
    adresse: bool
    hors_perimetre: bool
    ecart: Ecart | None
    demandeur: Demandeur
    session: Session

    @property
    def has_commune(self) -> bool:
        """Whether the commune is given, which takes the pair of its codes."""
        return self.criteres.code_postal is not None and self.criteres.code_insee is not None

    @property
    def has_client(self) -> bool:
        """Whether client data is given; the category alone isn't client data."""
        return self.criteres.nom_client_final is not None or self.criteres.siret is not None

    @cached_property
    def points(self) -> Sequence[Point]:
        """The points that the search finds within the perimeter of who asks (GUI 0427 §3.2).

        With client data, a point in service shows to its incumbent supplier alone.
        """
        if is_empty(self.ecart):
            return ()
        if self.hors_perimetre:
            return self._outside_the_perimeter()
        return search_points(
            self.session,
            self.criteres,
            limit=RESULTS_MAX,
            etats=ETATS_HORS_SERVICE if self.has_client else None,
            titulaire=self.demandeur.code if self.demandeur.kind == "fournisseur" else None,
        )

    def _outside_the_perimeter(self) -> Sequence[Point]:
        """Return the points in service that the address and the name designate.

        A whole name designates one point or none (GUI 0427: returned if unique); a part of a name
        designates all those that hold it, as RP-R3 has it since 22.1 (read by a client).
        """
        found = search_points(
            self.session, self.criteres, limit=RESULTS_MAX, etats=ETATS_EN_SERVICE
        )
        name = normalise(self.criteres.nom_client_final or "")
        exact = [point for point in found if normalise(point.nom_client_final or "") == name]
        if exact:
            return exact if len(exact) == 1 else ()
        return found
