"""The control table of RechercheServicesAccesDonnees (GUI 0537; codes of the former search)."""

from sge_sim.services.acces import RULES_RECHERCHE as RULES

__all__ = ["RULES"]
