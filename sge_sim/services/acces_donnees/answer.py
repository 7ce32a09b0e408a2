"""What the services about access services answer (GUI 0498; GUI 0531 §4)."""

from collections.abc import Sequence

from sge_sim.commandes.prestations import Prestation
from sge_sim.domaine.nomenclatures import DONNEES_ACCES
from sge_sim.services.trees import ranked
from sge_sim.soap.protocol import Tree
from sge_sim.tables.commandes import Affaire, ServiceSouscrit


def services_ordered(
    opened: Sequence[tuple[Affaire, ServiceSouscrit]], prestations: Sequence[Prestation]
) -> Tree:
    """Return the response; each case has its prestation."""
    return {"affaires": {"affaire": list(map(_affaire, opened, prestations))}}


def _affaire(opened: tuple[Affaire, ServiceSouscrit], prestation: Prestation) -> Tree:
    affaire, service = opened
    assert service.acces_type is not None
    return {
        "affaireId": affaire.affaire_id,
        "prestations": {"prestation": ranked(prestation)},
        "serviceSouscritMesures": {
            "serviceSouscritId": service.service_souscrit_id,
            "mesuresTypeCode": DONNEES_ACCES[service.acces_type],
        },
    }


def services_renewed(numeros: Sequence[str], affaires: Sequence[Affaire]) -> Tree:
    """Return the response, in the order of the demand; the services keep their numbers."""
    return {"servicesRenouveles": {"serviceRenouvele": _numbered(numeros, affaires)}}


def services_stopped(numeros: Sequence[str], affaires: Sequence[Affaire]) -> Tree:
    """Return the response, in the order of the demand."""
    return {"servicesResilies": {"serviceResilie": _numbered(numeros, affaires)}}


def _numbered(numeros: Sequence[str], affaires: Sequence[Affaire]) -> list[Tree]:
    return [
        {"affaireId": affaire.affaire_id, "serviceSouscritId": numero}
        for numero, affaire in zip(numeros, affaires, strict=True)
    ]


def services_changed(numeros: Sequence[str]) -> Tree:
    """Return the response, in the order of the demand."""
    return {
        "servicesModifies": {
            "serviceSouscritId": [{"serviceSouscritId": numero} for numero in numeros]
        }
    }


def acces_ordered(affaire: Affaire, numero: str, prestation: Prestation) -> Tree:
    """Return the response; `numero` is that of the service, the same after a renewal."""
    return {
        "affaireId": affaire.affaire_id,
        "prestations": {"prestation": ranked(prestation)},
        "serviceSouscritId": numero,
    }
