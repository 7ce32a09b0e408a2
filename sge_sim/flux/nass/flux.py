"""What NASS is."""

from typing import Final

from sge_sim.flux.flux import Flux, ParFin

NASS: Final = Flux(
    "NASS",
    ParFin(),
    ecriture="sge_sim.flux.nass.ecriture",
    rang=7,
    ligne=(
        "ce dont un service fut commandé, de l'une ou l'autre génération, et un consentement de "
        "Data Connect",
        "tous",
        "NASS, **dans un format à nous**",
        "dès que l'horloge a passé la fin du service",
    ),
)
