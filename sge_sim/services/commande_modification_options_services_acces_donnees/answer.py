"""What CommandeModificationOptionsServicesAccesDonnees answers (GUI 0531 §4): no case."""

from collections.abc import Sequence

from sge_sim.soap.protocol import Tree


def services_changed(numeros: Sequence[str]) -> Tree:
    """Return the response, in the order of the demand."""
    return {
        "servicesModifies": {
            "serviceSouscritId": [{"serviceSouscritId": numero} for numero in numeros]
        }
    }
