"""A renewal of access services, as its rules look at it."""

from dataclasses import dataclass
from datetime import date

from sge_sim.services.acces_donnees import Consentement
from sge_sim.services.acces_donnees_designes import DemandeSurServices


@dataclass(frozen=True)
class DemandeRenouvellement(DemandeSurServices):
    """A renewal of services until one date (excluded), for good without one."""

    consentement: Consentement | None
    date_fin: date | None
