"""What MFA asks for."""

from typing import Final

from sge_sim.domaine.nomenclatures import FluxM023

FLUX: Final[FluxM023] = "R67"
