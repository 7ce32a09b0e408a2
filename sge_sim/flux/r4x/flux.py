"""What R4Q, R4H and R4M are (guide R4x): one flux, by its frequency."""

from datetime import time
from typing import Final

from sge_sim.flux.flux import Flux, ParAbonnement
from sge_sim.flux.periodes import CalendrierFlux

R4X: Final = Flux(
    "R4x",
    # On the day after, at an hour that is assumed; the others before midnight of the third working
    # day, of a week from Saturday to Friday (guide R4x).
    ParAbonnement("CDC", petits=False, calendrier=CalendrierFlux(1, time(6), time(20))),
    ecriture="sge_sim.flux.r4x.ecriture",
    rang=3,
    ligne=(
        "la même, CDC",
        "C1-C4, P1-P3",
        "R4Q, R4H, R4M",
        "P1D : J+1 06:00 ; P7D (samedi à vendredi) et P1M : 20:00 le 3e jour ouvré",
    ),
)
