"""The control table of RechercheServicesSouscritsMesures (GUI 0475 v1.0.0; order assumed).

Neither an unknown point nor a contract that has ended is refused: no code is listed for them.
"""

from sge_sim.services.acces import (
    contrat_connu,
    contrat_de_l_acteur,
    utilisateur_connu,
    utilisateur_de_l_acteur,
)
from sge_sim.services.recherche_services_souscrits_mesures.demande import Recherche
from sge_sim.services.rule import Rule

RULES: tuple[Rule[Recherche], ...] = (
    utilisateur_connu,
    utilisateur_de_l_acteur,
    contrat_connu,
    contrat_de_l_acteur,
)
