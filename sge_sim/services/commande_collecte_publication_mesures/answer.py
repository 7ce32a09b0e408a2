"""What CommandeCollectePublicationMesures answers (GUI 0469 §4)."""

from sge_sim.commandes.prestations import Prestation
from sge_sim.services.trees import ranked
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire, ServiceSouscrit


def order_accepted(affaire: Affaire, service: ServiceSouscrit, prestation: Prestation) -> Tree:
    """Return the response.

    The guide says that the daily index of a large point comes without affaireId, a recorded
    answer (2022) has one: it is always there.
    """
    return {
        "affaireId": affaire.affaire_id,
        "prestations": {"prestation": [ranked(prestation)]},
        "serviceSouscritId": service.service_souscrit_id,
    }
