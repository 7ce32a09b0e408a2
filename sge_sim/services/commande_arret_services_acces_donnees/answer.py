"""What CommandeArretServicesAccesDonnees answers (GUI 0531 §4): a case per service stopped."""

from collections.abc import Sequence

from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire


def services_stopped(numeros: Sequence[str], affaires: Sequence[Affaire]) -> Tree:
    """Return the response, in the order of the demand."""
    return {
        "servicesResilies": {
            "serviceResilie": [
                {"affaireId": affaire.affaire_id, "serviceSouscritId": numero}
                for numero, affaire in zip(numeros, affaires, strict=True)
            ]
        }
    }
