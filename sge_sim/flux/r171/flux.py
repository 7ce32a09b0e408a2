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
    ligne=(
        "la même, IDX",
        "C1-C4, P1-P3",
        "R171",
        "J+1 09:30, une fois la nuit relevée",
    ),
)
