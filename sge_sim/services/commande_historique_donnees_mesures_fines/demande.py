"""What MFI asks for."""

from collections.abc import Mapping
from typing import Final

from sge_sim.domaine.nomenclatures import FluxM023

FLUX_FINS: Final[Mapping[str, FluxM023]] = {
    "COURBES": "R63",
    "INDEX": "R64",
    "ENERGIE": "R65",
    "PMAX": "R66",
}
"""The file that tells each type of measures."""
