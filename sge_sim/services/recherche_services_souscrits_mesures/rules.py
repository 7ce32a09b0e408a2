"""The control table of RechercheServicesSouscritsMesures (GUI 0475; order assumed).

Neither an unknown point nor a contract that has ended is refused: no code is listed for them.
"""

from dataclasses import dataclass
from datetime import date

from sge_sim.services.acces import (
    contrat_d_un_autre_acteur,
    contrat_inconnu,
    utilisateur_d_un_autre_acteur,
    utilisateur_inconnu,
)
from sge_sim.services.rule import Rule
from sge_sim.settings import Environment
from sge_sim.store.acteurs import Contrat, Utilisateur
from sge_sim.store.codes import Paquet


@dataclass(frozen=True)
class Recherche:
    """A search, as its rules look at it."""

    utilisateur: Utilisateur | None
    contrat: Contrat | None
    acteur_code: str
    service: str
    paquet: Paquet
    environment: Environment
    jour: date


RULES: tuple[Rule[Recherche], ...] = (
    utilisateur_inconnu,
    utilisateur_d_un_autre_acteur,
    contrat_inconnu,
    contrat_d_un_autre_acteur,
)
