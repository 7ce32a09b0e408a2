"""A demand of CommandeTransmissionDonneesInfraJ, as its rules look at it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sge_sim.commandes.autorisations import Declaration
from sge_sim.commandes.demandes import InfraJ
from sge_sim.domaine.ecarts_plateforme import Ecart
from sge_sim.services.ordres import Ordre


@dataclass(frozen=True)
class DemandeTransmissionInfraJ(Ordre):
    """An infra-daily demand, as its rules look at it.

    `accords` are the declarations in which the client agrees. `en_cours` tells whether the same
    demand is less than 30 minutes old. `ecart` is what the platform being played answers
    instead.
    """

    ecart: Ecart | None
    objet_code: str
    civilites_connues: bool
    accords: Sequence[Declaration]
    infra_j: InfraJ
    en_cours: bool
