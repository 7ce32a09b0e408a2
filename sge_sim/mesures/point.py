"""What the physics needs to know of a point: `PointMesure`, and nothing of contracts or clients.

What changes in a point's life is a tuple of dated entries, oldest first; each holds from its
`depuis` (included, at midnight) until the next one. Powers are in kVA for C5 and P4, in kW for
the other segments. A point measured in both directions is two `PointMesure`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from sge_sim.domaine.nomenclatures import METIERS
from sge_sim.domaine.plages import Plages as Plages
from sge_sim.errors import UsageError
from sge_sim.mesures.jours_donnes import MesuresDonnees

POINTS_GARDES: Final = 4096
"""How many points a process keeps what it made of: more than stand in a file of a daily flux
(3 000), since the next flux tells of the same."""
SEGMENTS = ("C1", "C2", "C3", "C4", "C5", "P1", "P2", "P3", "P4")
PLAGES_PAR_DEFAUT: Plages = ((22 * 60, 6 * 60),)
"""Off-peak hours of a point that states none: 22h-6h (assumed)."""


class Grandeur(StrEnum):
    """A physical quantity of a load curve (GUI 0488)."""

    PA = "PA"
    """Active power, W; its index is EA, Wh."""
    PRI = "PRI"
    """Inductive reactive power, VAr; its index is ERI, VArh."""
    PRC = "PRC"
    """Capacitive reactive power, VAr; its index is ERC, VArh."""
    E = "E"
    """Voltage, V."""


class ProfilConsommation(StrEnum):
    """What lives behind the meter (assumed: no document describes consumptions)."""

    RESIDENTIEL = "residentiel"
    PROFESSIONNEL = "professionnel"
    TERTIAIRE = "tertiaire"
    INDUSTRIEL = "industriel"
    PRODUCTION = "production"
    AUCUN = "aucun"


class Structure(StrEnum):
    """How a grid divides time into classes."""

    BASE = "base"
    HP_HC = "hp-hc"
    SAISONS_C5 = "saisons-c5"
    SAISONS = "saisons"
    POINTE = "pointe"
    SIX_CADRANS = "six-cadrans"

    @property
    def classes(self) -> tuple[tuple[str, int], ...]:
        """The classes as (code, register), registers counted from 1.

        Ranks of BASE, HC, HCB, HP, HPB, HCH, HPH: documented for the distributor's grid, taken
        over for the supplier's. BUHC on F1 ... RHP on F6: observed 2023. PTE on 5: assumed.
        """
        return _CLASSES[self]


_CLASSES: dict[Structure, tuple[tuple[str, int], ...]] = {
    Structure.BASE: (("BASE", 1),),
    Structure.HP_HC: (("HC", 1), ("HP", 2)),
    Structure.SAISONS_C5: (("HCB", 1), ("HPB", 2), ("HCH", 3), ("HPH", 4)),
    Structure.SAISONS: (("HCE", 1), ("HPE", 2), ("HCH", 3), ("HPH", 4)),
    Structure.POINTE: (("HCE", 1), ("HPE", 2), ("HCH", 3), ("HPH", 4), ("PTE", 5)),
    Structure.SIX_CADRANS: (
        ("BUHC", 1),
        ("BUHP", 2),
        ("BCHC", 3),
        ("BCHP", 4),
        ("RHC", 5),
        ("RHP", 6),
    ),
}


@dataclass(frozen=True)
class PuissanceSouscrite:
    """A subscribed power (production: the power of the plant), kVA for C5 and P4, else kW."""

    depuis: date
    valeur: int


@dataclass(frozen=True)
class HeuresCreuses:
    """The off-peak ranges of a point, those of the high season; `saison_basse`: those of the low
    one, where they aren't the same."""

    depuis: date
    plages: Plages
    saison_basse: Plages | None = None


@dataclass(frozen=True)
class Grille:
    """A calendar in force: its code (told back untouched, such as DI000003) and its structure.

    The off-peak hours are the point's, except SIX_CADRANS, off-peak from 22h to 6h (assumed).
    """

    depuis: date
    calendrier: str
    structure: Structure


@dataclass(frozen=True)
class CompteurPose:
    """A meter, in place from `pose` 00:00 to `depose` 00:00 (None: still there).

    `index_initial` (Wh) stands at `pose` on the total and on register 1 of each grid, the other
    registers start at zero. Registers never wrap round: the longest-lived simulated meter stays
    far from its last digit. A meter that is not `communicant` (the old chain, C5) has neither
    daily values nor curve, only billing consumptions.
    """

    pose: date
    depose: date | None = None
    index_initial: int = 0
    communicant: bool = True


@dataclass(frozen=True)
class PeriodeCollecte:
    """A period [debut, fin) in which the C5 or P4 curve is collected every 30 minutes."""

    debut: date
    fin: date | None = None


@dataclass(frozen=True)
class Opposition:
    """A period [debut, fin) in which the client of a C5 opposes the recording of the curve.

    As it starts, the meter forgets what it had kept; what was collected before stays
    (slides V26.2, C5).
    """

    debut: date
    fin: date | None = None


@dataclass(frozen=True)
class TrouDeCourbe:
    """What was lost in [debut, fin), two aware instants: the points of the curve that start there.

    A gap that covers a whole legal day also loses that day's maximum power and the index read
    at its end; the meter went on counting.
    """

    debut: datetime
    fin: datetime


@dataclass(frozen=True)
class JourRectifie:
    """The energy (Wh) that Enedis gave a legal day in place of what its meter had told, and when it
    did, an aware instant."""

    jour: date
    energie: int
    instant: datetime


@dataclass(frozen=True)
class PointMesure:
    """Everything the physics of one point, in one direction, depends on.

    `graine` decides the installation and every day of its life. The first of `puissances` sizes
    the installation, so that a later change alters no past day; each day respects the power in
    force. `mise_en_service` is the last one: nothing is told before it. `jour_releve` (1 to 28)
    is the day of the cyclic reading. `tension` is the nominal voltage, V. `triphase`: the meter of
    a C5 is on three phases (the others are never asked). `pma_en_watts`: a large meter tells its
    largest power in W, not in VA. `lieu`: its
    department, a rank in `LIEUX`, drawn from its seed where None.
    `couple`: the plant or the load behind the same meter of 36 kVA or less, of which this direction
    is what is left. `pertes`: readings are lost as was seen. `donnees`: what was given of its
    measures, and isn't drawn. `memoire`: the days of curve that a large meter keeps for whoever
    has it collected; None where it is collected always. `rectifications`: the days that were put
    right, one each. `ponctuels`: when a large meter was read because somebody asked, aware,
    ascending. `vivant`: things happen behind the meter as years go by (`evenements`); `arrivees`:
    the days on which another holder came since the point was made.

    >>> jour = date(2021, 1, 7)
    >>> PointMesure(
    ...     graine=7,
    ...     segment="C5",
    ...     puissances=(PuissanceSouscrite(jour, 6),),
    ...     mise_en_service=jour,
    ...     compteurs=(CompteurPose(jour),),
    ...     grille_fournisseur=(Grille(jour, "FC000165", Structure.BASE),),
    ... ).injection
    False
    """

    graine: int
    segment: str
    puissances: tuple[PuissanceSouscrite, ...]
    mise_en_service: date
    compteurs: tuple[CompteurPose, ...]
    grille_distributeur: tuple[Grille, ...] = ()
    grille_fournisseur: tuple[Grille, ...] = ()
    heures_creuses: tuple[HeuresCreuses, ...] = ()
    collectes: tuple[PeriodeCollecte, ...] = ()
    oppositions: tuple[Opposition, ...] = ()
    trous: tuple[TrouDeCourbe, ...] = ()
    resiliation: date | None = None
    jour_releve: int = 1
    tension: int = 230
    triphase: bool = False
    pma_en_watts: bool = False
    profil: ProfilConsommation | None = None
    lieu: int | None = None
    couple: "PointMesure | None" = None
    pertes: bool = False
    donnees: MesuresDonnees | None = None
    memoire: int | None = None
    rectifications: tuple[JourRectifie, ...] = ()
    ponctuels: tuple[datetime, ...] = ()
    vivant: bool = False
    arrivees: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        if self.segment not in SEGMENTS:
            raise UsageError(
                f"Le segment « {self.segment} » n'existe pas : choisir parmi {', '.join(SEGMENTS)}."
            )
        if not self.puissances or any(p.valeur <= 0 for p in self.puissances):
            raise UsageError("Un point a au moins une puissance, strictement positive.")
        if not self.compteurs:
            raise UsageError("Un point mesuré a au moins un compteur.")
        for ancien, nouveau in pairwise(self.compteurs):
            if ancien.depose != nouveau.pose:
                raise UsageError("Un compteur se pose le jour où le précédent est déposé.")
        if not 1 <= self.jour_releve <= 28:
            raise UsageError("Le jour de relève va de 1 à 28, pour exister tous les mois.")
        if any(t.debut.tzinfo is None or t.fin.tzinfo is None for t in self.trous):
            raise UsageError("Un trou se donne entre deux instants munis de leur fuseau.")
        fins = [collecte.fin or date.max for collecte in self.collectes]
        if any(c.debut < fin for c, fin in zip(self.collectes[1:], fins, strict=False)):
            raise UsageError("Une période de collecte commence une fois la précédente finie.")
        datees: tuple[Sequence[_Datee], ...] = (
            self.puissances,
            self.grille_distributeur,
            self.grille_fournisseur,
            self.heures_creuses,
        )
        for entrees in datees:
            if any(a.depuis >= b.depuis for a, b in pairwise(entrees)):
                raise UsageError(
                    "Les périodes d'un point se donnent de la plus ancienne à la plus récente."
                )

    def __hash__(self) -> int:
        """Return a hash that tells points from one another: it is the key of what is kept."""
        return hash(self.graine)

    @cached_property
    def injection(self) -> bool:
        """True for production, P1 to P4."""
        return self.segment[0] == "P"

    @property
    def metier(self) -> str:
        """CONS or PROD, as what is measured on it is headed."""
        return METIERS["INJECTION" if self.injection else "SOUTIRAGE"]

    @cached_property
    def petit(self) -> bool:
        """True for 36 kVA and less, C5 and P4: 30-minute W, stamps at the end of the step."""
        return self.segment in ("C5", "P4")

    @cached_property
    def profil_effectif(self) -> ProfilConsommation:
        """The profile, by default that of the segment."""
        if self.profil is not None:
            return self.profil
        if self.injection:
            return ProfilConsommation.PRODUCTION
        return _PROFIL_DU_SEGMENT[self.segment]


_PROFIL_DU_SEGMENT = {
    "C1": ProfilConsommation.INDUSTRIEL,
    "C2": ProfilConsommation.INDUSTRIEL,
    "C3": ProfilConsommation.INDUSTRIEL,
    "C4": ProfilConsommation.TERTIAIRE,
    "C5": ProfilConsommation.RESIDENTIEL,
}


class _Datee(Protocol):
    @property
    def depuis(self) -> date: ...


_D = TypeVar("_D", bound=_Datee)


def en_vigueur(entrees: Sequence[_D], jour: date) -> _D | None:
    """Return the entry in force on `jour`, None before the first.

    >>> en_vigueur((Grille(date(2024, 1, 1), "FC000165", Structure.BASE),), date(2023, 1, 1))
    """
    trouvee = None
    for entree in entrees:
        if entree.depuis > jour:
            break
        trouvee = entree
    return trouvee


def grilles_entre(
    grilles: Sequence[Grille], debut: date, fin: date
) -> list[tuple[Grille, date, date]]:
    """Return the grids in force in [debut, fin), each with its own part of it, oldest first.

    >>> g = Grille(date(2024, 3, 1), "FC000165", Structure.BASE)
    >>> grilles_entre((g,), date(2024, 1, 1), date(2024, 5, 1)) == [
    ...     (g, date(2024, 3, 1), date(2024, 5, 1))
    ... ]
    True
    """
    suivantes = [*(grille.depuis for grille in grilles[1:]), date.max]
    return [
        (grille, max(grille.depuis, debut), min(suivante, fin))
        for grille, suivante in zip(grilles, suivantes, strict=False)
        if max(grille.depuis, debut) < min(suivante, fin)
    ]
