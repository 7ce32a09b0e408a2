"""What ITC answers: the number of the case, as the root element itself (GUI 0502 §4)."""

from sge_sim.tables.m023 import DemandeM023


def case_opened(demande: DemandeM023) -> str:
    """Return the text of the response."""
    return demande.affaire_id
