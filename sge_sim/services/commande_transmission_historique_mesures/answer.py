"""What CommandeTransmissionHistoriqueMesures answers (GUI 0453 §4)."""

from sge_sim.commandes.prestations import Prestation
from sge_sim.services.trees import one_prestation
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire


def history_ordered(affaire: Affaire, prestation: Prestation) -> Tree:
    """Return the response; its header, unlike that of Collecte, doesn't repeat the case."""
    return {"affaireId": affaire.affaire_id, "prestations": one_prestation(prestation)}
