"""What CommandeArretServiceSouscritMesures answers (GUI 0474 §4)."""

from sge_sim.soap.protocol import Tree


def service_stopped() -> Tree:
    """Return the response, empty: this version transmits neither case nor prestation."""
    return {}
