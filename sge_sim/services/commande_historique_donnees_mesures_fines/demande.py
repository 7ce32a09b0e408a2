"""What MFI asks for."""

from sge_sim.domaine.nomenclatures import FluxM023
from sge_sim.services.m023 import FLUX_FINS

FLUX = tuple(FLUX_FINS.values())


def flux_of(mesures_type: str) -> FluxM023:
    """Return the file that tells a type of measures."""
    return FLUX_FINS[mesures_type]
