"""What CommanderAccesDonneesMesures answers (GUI 0498): always the prestation ACCES."""

from sge_sim.commandes.prestations import Prestation
from sge_sim.services.trees import ranked
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire


def acces_ordered(affaire: Affaire, numero: str, prestation: Prestation) -> Tree:
    """Return the response; `numero` is that of the service, the same after a renewal."""
    return {
        "affaireId": affaire.affaire_id,
        "prestations": {"prestation": ranked(prestation)},
        "serviceSouscritId": numero,
    }
