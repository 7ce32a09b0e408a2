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
    ligne=(
        "CommandeCollectePublicationMesures, CDC",
        "C5",
        "R50",
        "P1D : 03:00 dans la nuit de J+1 à J+2 ; P1M : 03:00 le 3e jour ouvré",
    ),
)
