"""The control table of RechercheServicesSouscritsMesures (GUI 0475; order assumed).

Neither an unknown point nor a contract that has ended is refused: no code is listed for them.
"""

from dataclasses import dataclass

from sge_sim.services.acces import (
    Acces,
    contrat_d_un_autre_acteur,
    contrat_inconnu,
    utilisateur_d_un_autre_acteur,
    utilisateur_inconnu,
)
from sge_sim.services.rule import Rule


@dataclass(frozen=True)
class Recherche:
    """A search, as its rules look at it."""

    acces: Acces


RULES: tuple[Rule[Recherche], ...] = (
    utilisateur_inconnu,
    utilisateur_d_un_autre_acteur,
    contrat_inconnu,
    contrat_d_un_autre_acteur,
)
