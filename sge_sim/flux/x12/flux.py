"""What X12 and X13 are (documented; hours as seen in real files)."""

from datetime import time
from typing import Final

from sge_sim.flux.flux import Flux, ParContrat

X12: Final = Flux(
    "X12",
    ParContrat("affaires", time(9, 17)),
    ecriture="sge_sim.flux.x12.ecriture",
    rang=23,
    ligne=(
        "une affaire du fournisseur qui avance",
        "C5",
        "X12, l'affaire avec tous ses jalons",
        "à 09:17 le lendemain d'un jalon",
    ),
)

X13: Final = Flux(
    "X13",
    ParContrat("affaires_recues", time(9, 17)),
    ecriture="sge_sim.flux.x12.ecriture",
    rang=24,
    ligne=(
        "une affaire d'un autre fournisseur qui prend un point",
        "C5",
        "X13, l'affaire avec tous ses jalons",
        "à 09:17 le lendemain d'un jalon",
    ),
)
