"""What R63 to R67 and C68 are, on demand (GUI 0502) and recurrent (GUI 0503 §1)."""

from datetime import time
from typing import Final

from sge_sim.domaine.nomenclatures import TypeServiceAcces
from sge_sim.flux.flux import Flux, ParDemande, ParServiceAcces
from sge_sim.flux.periodes import LUNDI, CalendrierFlux

_FAMILLE: Final = "R63_R64_R65_R66_R67_C68"
"""One folder for those on demand (observed at one supplier), for the recurrent ones too
(assumed)."""
_CALENDRIER: Final = CalendrierFlux(
    0, time(8), time(18), premier_jour=LUNDI, ouvres_semaine=0, ouvres_mois=1
)
"""By days of transaction: the day's file at 08:00, those of a week and of a month at 18:00
(GUI 0503 §1.1.3: from 02:00 to 18:00, from 18:00; one file a day, and a month: assumed)."""


def _on_demand(code: str, rang: int) -> Flux[ParDemande]:
    return Flux(code, ParDemande(), "sge_sim.flux.r6x.ponctuel", rang, _FAMILLE)


def _recurrent(
    code: str, rang: int, type_: TypeServiceAcces, *, petits: bool, par_nature: bool = False
) -> Flux[ParServiceAcces]:
    cause = ParServiceAcces(type_, petits, _CALENDRIER, par_nature)
    return Flux(code, cause, "sge_sim.flux.r6x.recurrent", rang, _FAMILLE)


R63: Final = _on_demand("R63", 8)
R64: Final = _on_demand("R64", 9)
R65: Final = _on_demand("R65", 10)
R66: Final = _on_demand("R66", 11)
R67: Final = _on_demand("R67", 12)
C68: Final = _on_demand("C68", 13)
ITCE: Final = _on_demand("ITCE", 19)
"""Contract data that a company ordered by REST."""
R63A: Final = _recurrent("R63A", 14, "COURBE", petits=False, par_nature=True)
R63B: Final = _recurrent("R63B", 15, "COURBE", petits=True)
R64A: Final = _recurrent("R64A", 16, "INDEX", petits=False)
R64B: Final = _recurrent("R64B", 17, "INDEX", petits=True)
R66B: Final = _recurrent("R66B", 18, "PMAX", petits=True)
