"""A search of RechercheServicesSouscritsMesures, as its rules look at it."""

from dataclasses import dataclass

from sge_sim.services.acces import Acces


@dataclass(frozen=True)
class Recherche:
    """A search, as its rules look at it."""

    acces: Acces
