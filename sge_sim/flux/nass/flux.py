"""What NASS is."""

from typing import Final

from sge_sim.flux.flux import Flux, ParFin

NASS: Final = Flux("NASS", ParFin(), ecriture="sge_sim.flux.nass.ecriture", rang=7)
