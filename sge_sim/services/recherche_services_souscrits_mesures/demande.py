"""A search of RechercheServicesSouscritsMesures, as its rules look at it."""

from sge_sim.services.acces import RechercheServices

__all__ = ["RechercheServices"]
