"""What a model keeps: calls, orders that were acknowledged, and what goes back with a state."""

from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contrats_lus import Contrats
from modele_mesures import Mesures


@dataclass(frozen=True, slots=True)
class Appel:
    """A call, and the ranks of what was told of it, when it left and last; the journal may have
    had to forget it (`oublie`)."""

    sorte: str
    depart: int
    rang: int
    prm: str | None
    instant: datetime
    answered: bool = False
    refus: str | None = None
    oublie: bool = False


@dataclass(frozen=True, slots=True)
class Ordre:
    """What was acknowledged of an order: the service is empty where it opens none."""

    sorte: str
    affaire: str
    service: str
    prm: str
    contrat: str


@dataclass
class Etat:
    """What goes back with a state that was kept aside."""

    ordres: list[Ordre] = field(default_factory=list)
    silences: dict[str, int] = field(default_factory=dict)
    """Orders that nobody heard the answer of, by their names: how many cases they may open."""
    arrets: set[str] = field(default_factory=set)
    termines: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Services that were shown as ended: the day that was said, and the rank of what said so."""
    consentements: list[tuple[int, str, str, str]] = field(default_factory=list)
    """The consents that were given: the number of the share, the application, the point, the day
    of their end."""
    partages: dict[tuple[str, str], int] = field(default_factory=dict)
    revoques: set[int] = field(default_factory=set)
    jetons_revoques: dict[str, str] = field(default_factory=dict)
    pannes: dict[int, dict[str, Any]] = field(default_factory=dict)
    pannes_incertaines: int = 0
    """How many plans were asked for without an answer."""
    retirees: dict[int, datetime] = field(default_factory=dict)
    campagnes: dict[int, dict[str, Any]] = field(default_factory=dict)
    apportes: set[str] = field(default_factory=set)
    retires: set[str] = field(default_factory=set)
    partis: set[str] = field(default_factory=set)
    """Points that were ever removed: what had been told of them went with them."""
    changes: bool = False
    """Whether a point was changed by hand, which may open and take away services."""
    mesures: Mesures = field(default_factory=Mesures)
    horloge: tuple[int, datetime] | None = None
    """The number of the last setting of the clock, and where it put it."""
    rattrape: datetime | None = None
    affaires: dict[str, str] = field(default_factory=dict)
    """The affaires of GRD-F contracts that were opened, each with its point."""
    contrats: dict[str, str] = field(default_factory=dict)
    """The GRD-F contracts that are followed, each with its supplier."""
    suivis: set[str] = field(default_factory=set)
    """The points that were brought into them."""
    fichiers: Contrats = field(default_factory=Contrats)
    """What the files of these contracts said."""
    lus: int = 0
    """The last file that was opened."""
    vus: dict[str, int] = field(default_factory=dict)
    """The last row of each table that grows that was looked at."""

    def copied(self) -> "Etat":
        """Return what stays as it is while this one changes."""
        kept = copy(self)
        for name, value in vars(self).items():
            setattr(kept, name, copy(value))
        kept.campagnes = {number: {**each} for number, each in self.campagnes.items()}
        kept.mesures, kept.fichiers = self.mesures.copied(), self.fichiers.copied()
        return kept

    def uncertain(self, since: "Etat") -> None:
        """Take what was told since as what may be so or not."""
        known = {ordre.affaire for ordre in self.ordres}
        for ordre in since.ordres:
            if ordre.affaire not in known:
                self.silences[f"incertain {ordre.affaire}"] = 1
        self.silences |= since.silences
        self.pannes_incertaines += len(since.pannes.keys() - self.pannes.keys())
        self.pannes_incertaines += since.pannes_incertaines
        self.partis |= since.partis
        self.apportes -= since.partis
        self.retires -= since.apportes
        self.changes |= since.changes
        self.suivis |= since.suivis
        self.fichiers.arrives |= since.fichiers.arrives
        self.mesures.neufs |= since.mesures.neufs
