"""What CommandeTransmissionDonneesInfraJ answers (GUI 0481 §4)."""

from sge_sim.commandes.prestations import Prestation
from sge_sim.services.trees import one_prestation
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire


def demand_accepted(affaire: Affaire, prestation: Prestation) -> Tree:
    """Return the response; `demandeId` is found again in the name of the IFJ file."""
    return {"demandeId": affaire.affaire_id, "prestations": one_prestation(prestation)}
