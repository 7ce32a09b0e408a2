"""What R50 is (guide R50)."""

from typing import Final

from sge_sim.flux.flux import Flux, ParAbonnement
from sge_sim.flux.periodes import DES_PETITS, Frequence

R50: Final = Flux(
    "R50",
    ParAbonnement(
        "CDC",
        petits=True,
        calendrier=DES_PETITS,
        points_par_fichier={Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 100},
    ),
    ecriture="sge_sim.flux.r50.ecriture",
    rang=1,
)
