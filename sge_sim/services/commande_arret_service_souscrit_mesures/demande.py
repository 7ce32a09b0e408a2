"""A stop of CommandeArretServiceSouscritMesures, as its rules look at it."""

from dataclasses import dataclass

from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.services.ordres import Ordre
from sge_sim.tables.point_facts import ServiceFacts


@dataclass(frozen=True)
class DemandeArretMesures(Ordre):
    """A stop, as its rules look at it.

    `souscrit` is the service of that number on that point. `ecart` is what the
    platform being played answers instead.
    """

    objet_code: str
    souscrit: ServiceFacts | None
    ecart: Ecart | None

    @property
    def known(self) -> ServiceFacts:
        """The service, for the rules that stand behind the one that wants it."""
        assert self.souscrit is not None
        return self.souscrit

    @property
    def connus(self) -> tuple[ServiceFacts]:
        """The services that are to be stopped: this one."""
        return (self.known,)
