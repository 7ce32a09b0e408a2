"""What suppliers and a company know: how far their contracts and accounts are declared."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from recits import Recit

ACTEURS = ("acteurs",)
COMPTES = ("contrat_grd GRDF1", "contrat_grd GRDF2", "compte", "canal_entreprise")
APPLICATION = "application_entreprise"
POINTS = 5
"""How many points the first supplier has at least, of which the company holds all."""


@dataclass
class Clients:
    """What they were told."""

    faits: set[str] = field(default_factory=set)
    points: list[tuple[str, str]] = field(default_factory=list)
    """The points of the contract that weren't removed, each with its segment."""
    application: dict[str, str] = field(default_factory=dict)
    debut: date | None = None
    """The first day that the contracts are followed, which is said again as it was."""
    affaires: int = 0
    _garde: "Clients | None" = None

    def note(self, recit: Recit) -> None:
        """Learn what was told; a state that comes back knows no more than when it was kept."""
        asked: Any = recit.demande
        match recit.sorte:
            case "acteurs" | "compte" | "canal_entreprise":
                self.faits.add(recit.sorte)
            case "contrat_grd":
                self.faits.add(f"contrat_grd {asked['fournisseur']}")
            case "application_entreprise":
                self.faits.add(recit.sorte)
                given = recit.reponse["corps"]
                self.application = {nom: given[nom] for nom in ("client_id", "client_secret")}
            case "points_apportes":
                self.points += asked.get("suivis", ())
            case "points_retires":
                self.points = [each for each in self.points if each[0] not in asked["prms"]]
            case "evenement":
                self.affaires += 1
            case "instantane":
                self._garde = None
                self._garde = deepcopy(self)
            case "retour" if self._garde is not None:
                kept = self._garde
                self.__dict__.update(deepcopy(kept.__dict__), _garde=kept)
