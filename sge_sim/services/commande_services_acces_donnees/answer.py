"""What CommandeServicesAccesDonnees answers (GUI 0531 §4): a case per service, in their order."""

from collections.abc import Sequence

from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.services.trees import ranked
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire, ServiceSouscrit


def services_ordered(ordered: Sequence[tuple[Affaire, ServiceSouscrit, Prestation]]) -> Tree:
    """Return the response."""
    return {"affaires": {"affaire": [_affaire(*one) for one in ordered]}}


def _affaire(affaire: Affaire, service: ServiceSouscrit, prestation: Prestation) -> Tree:
    assert service.acces_type is not None
    return {
        "affaireId": affaire.affaire_id,
        "prestations": {"prestation": ranked(prestation)},
        "serviceSouscritMesures": {
            "serviceSouscritId": service.service_souscrit_id,
            "mesuresTypeCode": DONNEES_ACCES[service.acces_type],
        },
    }
