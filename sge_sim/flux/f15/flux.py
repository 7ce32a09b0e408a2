"""What F15 is (documented; hours as seen in real files)."""

from datetime import time
from typing import Final

from sge_sim.flux.flux import Flux, ParContrat

F15: Final = Flux(
    "F15",
    ParContrat("releves", time(5, 1)),
    ecriture="sge_sim.flux.f15.ecriture",
    rang=22,
    ligne=(
        "un relevé cyclique, une résiliation ou un départ",
        "C5",
        "F15, une facture (FA et FL) par instance, fréquence et type de client",
        "à 05:01 le lendemain, s'il y a une facture",
    ),
)
