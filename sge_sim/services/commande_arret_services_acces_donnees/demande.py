"""A stop of services, as its rules look at it."""

from collections.abc import Collection
from dataclasses import dataclass

from sge_sim.commandes.vie import reaches_meter
from sge_sim.services.acces_donnees_designes import DemandeSurServices


@dataclass(frozen=True)
class DemandeArretAcces(DemandeSurServices):
    """A stop of services of any sort: of access, of the former orders, or an opposition."""

    @property
    def through_the_meter(self) -> Collection[str]:
        """The numbers of the services whose meter has to be reached."""
        return [
            one.service_souscrit_id for one in self.connus if reaches_meter(one, self.known_point)
        ]
