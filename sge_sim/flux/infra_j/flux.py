"""What IFJ is."""

from typing import Final

from sge_sim.flux.flux import Flux, ParAffaire

IFJ: Final = Flux("IFJ", ParAffaire("infra_j"), ecriture="sge_sim.flux.infra_j.ecriture", rang=6)
