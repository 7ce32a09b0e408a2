"""What R151 is (guide R151)."""

from typing import Final

from sge_sim.flux.flux import Flux, ParAbonnement
from sge_sim.flux.periodes import DES_PETITS, Frequence

R151: Final = Flux(
    "R151",
    ParAbonnement(
        "IDX",
        petits=True,
        calendrier=DES_PETITS,
        points_par_fichier={Frequence.QUOTIDIENNE: 3000, Frequence.MENSUELLE: 50},
    ),
    ecriture="sge_sim.flux.r151.ecriture",
    rang=2,
    ligne=(
        "la même, IDX",
        "C5",
        "R151",
        "comme R50",
    ),
)
