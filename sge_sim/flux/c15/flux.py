"""What C15 is (documented; hours as seen in real files)."""

from datetime import time
from typing import Final

from sge_sim.flux.flux import Flux, ParContrat

C15: Final = Flux(
    "C15",
    ParContrat("evenements", time(5, 1)),
    ecriture="sge_sim.flux.c15.ecriture",
    rang=20,
    ligne=(
        "un événement d'un point d'un contrat GRD-F",
        "C5",
        "C15, tout le point à chaque événement, par instance",
        "à 05:01 le lendemain, s'il y a un événement",
    ),
)
