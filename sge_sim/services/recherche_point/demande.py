"""A search of RecherchePoint, as its rules look at it, and what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sge_sim.tables.points import Point
from sge_sim.tables.search import Criteres


@dataclass(frozen=True)
class Recherche:
    """A search, as its rules look at it.

    `adresse` tells whether an address is among the criteria, `code_postal_connu` whether a commune
    has the postal code that is given, `commune_connue` whether the commune that is given has it.
    """

    criteres: Criteres
    adresse: bool
    hors_perimetre: bool
    code_postal_connu: bool
    commune_connue: bool

    @property
    def has_commune(self) -> bool:
        """Whether the commune is given, which takes the pair of its codes."""
        return self.criteres.code_postal is not None and self.criteres.code_insee is not None


@dataclass(frozen=True)
class ResultatRecherche:
    """What a search that the table admits finds; of too many points, not all."""

    points: Sequence[Point]
