"""A stop of CommandeArretServiceSouscritMesures, as its rules look at it."""

from dataclasses import dataclass

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.services.acces import Acces
from sge_sim.tables.point_facts import PointFacts, ServiceFacts


@dataclass(frozen=True)
class DemandeArretMesures:
    """A stop, as its rules look at it.

    `souscrit` is the service of that number on that point. `ecart` is what the
    platform being played answers instead.
    """

    acces: Acces
    objet_code: str
    souscrit: ServiceFacts | None
    point: PointFacts | None
    ecart: Ecart | None

    @property
    def known(self) -> ServiceFacts:
        """The service, for the rules that stand behind the one that wants it."""
        assert self.souscrit is not None
        return self.souscrit

    @property
    def known_point(self) -> PointFacts:
        """Its point."""
        assert self.point is not None
        return self.point
