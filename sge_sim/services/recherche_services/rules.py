"""The control table of both searches (GUI 0475 v1.0.0, GUI 0537; order assumed).

Neither an unknown point nor a contract that has ended is refused: no code is listed for them.
"""

from typing import Final

from sge_sim.refus import Control
from sge_sim.services.acces import (
    contrat_connu,
    contrat_de_l_acteur,
    utilisateur_connu,
    utilisateur_de_l_acteur,
)
from sge_sim.services.recherche_services.demande import RechercheServices

RULES: Final[tuple[Control[RechercheServices], ...]] = (
    utilisateur_connu,
    utilisateur_de_l_acteur,
    contrat_connu,
    contrat_de_l_acteur,
)
