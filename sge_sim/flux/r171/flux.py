"""What R171 is (guide R171)."""

from datetime import time
from typing import Final

from sge_sim.flux.flux import Flux, ParAbonnement
from sge_sim.flux.periodes import CalendrierFlux

R171: Final = Flux(
    "R171",
    # Once the night has been read (assumed).
    ParAbonnement("IDX", petits=False, calendrier=CalendrierFlux(1, time(9, 30))),
    ecriture="sge_sim.flux.r171.ecriture",
    rang=4,
)
