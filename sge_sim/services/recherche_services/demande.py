"""A search of the services of a point, as its rules look at it."""

from dataclasses import dataclass

from sge_sim.services.acces import Acces


@dataclass(frozen=True)
class RechercheServices:
    """A search of the services of a point.

    Neither an unknown point nor a contract that has ended is refused (assumed).
    """

    acces: Acces
