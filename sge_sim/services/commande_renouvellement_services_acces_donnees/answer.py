"""What CommandeRenouvellementServicesAccesDonnees answers (GUI 0531 §4): a case per service."""

from collections.abc import Sequence

from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire


def services_renewed(numeros: Sequence[str], affaires: Sequence[Affaire]) -> Tree:
    """Return the response, in the order of the demand; the services keep their numbers."""
    return {
        "servicesRenouveles": {
            "serviceRenouvele": [
                {"affaireId": affaire.affaire_id, "serviceSouscritId": numero}
                for numero, affaire in zip(numeros, affaires, strict=True)
            ]
        }
    }
