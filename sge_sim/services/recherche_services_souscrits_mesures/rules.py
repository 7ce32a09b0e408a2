"""The control table of RechercheServicesSouscritsMesures (GUI 0475 v1.0.0; order assumed).

Neither an unknown point nor a contract that has ended is refused: no code is listed for them.
"""

from sge_sim.services.acces import RULES_RECHERCHE as RULES

__all__ = ["RULES"]
