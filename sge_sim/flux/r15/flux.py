"""What R15 is (documented; hours as seen in real files)."""

from datetime import time
from typing import Final

from sge_sim.flux.flux import Flux, ParContrat

R15: Final = Flux(
    "R15",
    ParContrat("releves", time(5, 1)),
    ecriture="sge_sim.flux.r15.ecriture",
    rang=21,
    ligne=(
        "un relevé cyclique au jour fixe du point, ou celui d'un événement",
        "C5",
        "R15, index et énergies des deux grilles, par instance",
        "à 05:01 le lendemain, s'il y a un relevé",
    ),
)
