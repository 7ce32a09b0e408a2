"""What HDM is."""

from typing import Final

from sge_sim.flux.flux import Flux, ParAffaire

HDM: Final = Flux(
    "HDM",
    ParAffaire("historique"),
    ecriture="sge_sim.flux.hdm.ecriture",
    rang=5,
    ligne=(
        "CommandeTransmissionHistoriqueMesures",
        "C1-C5",
        "HDM csv",
        "quand la commande est traitée",
    ),
)
