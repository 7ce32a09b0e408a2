"""The trades: their weeks, their closures, what they run.

Plausible, not measured (assumed).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sge_sim.mesures.climat import (
    AOUT,
    ARROSAGE,
    CHAUFFAGE,
    COMMERCE,
    CONSTANT,
    ETE,
    FRAICHEUR,
    FROID,
    HIVER,
    LUMIERE,
    SAISONNIER,
    TOUJOURS,
    USINE,
    VENDANGES,
)
from sge_sim.mesures.dessins import ARRETS, CYCLES, LISSE, VIF
from sge_sim.mesures.formes import Sorte
from sge_sim.mesures.usages import FERME, OUVERT


class Part(NamedTuple):
    """A use of a trade. `part`: of an open day's energy, per thousand; of a heating or a cooling,
    of ten degrees. `debut`: when it starts, h, `flou`: how much that differs from place to place, h
    (standard deviation); `duree`: h; `rang`: the texture of what never stops, or the habit of a
    heating; `niveaux`: per cent on open, half and closed days; `facteur`: row of
    `Climat.facteurs` in the first zone; `jeu`: rank in `JEUX` of how much its start moves from day
    to day; `presence`: per cent of the days on which it happens at all; `ecart`: of its energy from
    day to day, per cent; `absence`: what is left of it while the place is closed for weeks, per
    cent; `tangente`: reactive over active energy, per cent."""

    part: int
    sorte: Sorte
    debut: float = 0
    flou: float = 0
    duree: float = 0
    rang: int = 0
    niveaux: tuple[int, int, int] = (100, 50, 0)
    facteur: int = CONSTANT
    jeu: int = 1
    presence: int = 100
    ecart: int = 10
    absence: int = 10
    tangente: int = 30


@dataclass(frozen=True)
class Metier:
    """A trade. `poids`: how often it is met among C5, C4, and C1 to C3; `semaines`: weeks that are
    met, a level a day from Monday, then public holidays; `vacances`: the level of school holidays
    at least; `presence`: when it closes for weeks; `parts`: its uses; `mois`: whether its days
    differ by month instead."""

    poids: tuple[int, int, int]
    semaines: tuple[str, ...]
    parts: tuple[Part, ...]
    presence: int = TOUJOURS
    vacances: int = OUVERT
    mois: bool = False


def _socle(part: int, rang: int = LISSE, **autres: Any) -> Part:
    return Part(part, Sorte.SOCLE, rang=rang, niveaux=(100, 100, 94), ecart=1, absence=85, **autres)


def _ouverture(part: int, debut: float, duree: float, **autres: Any) -> Part:
    return Part(part, Sorte.PLATEAU, debut, 1, duree, **autres)


def _chauffage(part: int, rang: int = 1) -> Part:
    return Part(
        part, Sorte.CHAUFFAGE, rang=rang, niveaux=(100, 70, 24), facteur=CHAUFFAGE, tangente=8,
        ecart=20, absence=45,
    )  # fmt: skip


def _climatisation(part: int, rang: int = 1) -> Part:
    return Part(
        part, Sorte.CHAUFFAGE, rang=rang, niveaux=(100, 70, 25), facteur=FRAICHEUR, tangente=50,
        ecart=20, absence=30,
    )  # fmt: skip


_CHAQUE_JOUR, _JOURS_OUVERTS = (100, 100, 100), (100, 100, 0)
_CINQ, _SIX, _SEPT = ("00000222",), ("00000022", "00000122", "20000022"), ("00000000",)
METIERS: dict[str, Metier] = {
    "bureau": Metier((17, 11, 3), _CINQ, presence=AOUT, parts=(
        _socle(150), _ouverture(640, 8, 10.5, facteur=LUMIERE), _chauffage(200),
        _climatisation(170),
    )),
    "boutique": Metier((18, 6, 0), (*_SIX, "20000002"), presence=COMMERCE, parts=(
        _socle(150), _ouverture(760, 9.5, 9.5, facteur=LUMIERE), _chauffage(170),
        _climatisation(120),
    )),
    "epicerie": Metier((6, 6, 1), ("00000010", "00000000", "20000010"), parts=(
        _socle(330, CYCLES, facteur=FROID, tangente=45), _ouverture(440, 8, 13), _climatisation(90),
        Part(160, Sorte.MACHINES, debut=7.5, flou=1, duree=15, niveaux=(100, 70, 30), tangente=55),
    )),
    "supermarche": Metier((0, 10, 6), ("00000012", "00000011", "00000022"), parts=(
        _socle(380, CYCLES, facteur=FROID, tangente=40), _ouverture(480, 7.5, 13),
        _climatisation(140), _chauffage(80, rang=2),
    )),
    "coiffeur": Metier((9, 0, 0), ("20000022", "00000022"), presence=AOUT, parts=(
        _socle(90), Part(520, Sorte.MACHINES, debut=9, flou=1, duree=9, jeu=2, ecart=35),
        _ouverture(280, 9, 9.5), _chauffage(220),
    )),
    "restaurant": Metier((11, 1, 0), ("20000000", "00000022", "22000000", "00000002"),
        presence=COMMERCE, parts=(
        _socle(230, CYCLES, facteur=FROID, tangente=40),
        Part(300, Sorte.BLOC, debut=10.5, flou=0.5, duree=3, niveaux=_JOURS_OUVERTS, presence=90,
            ecart=35),
        Part(350, Sorte.BLOC, debut=18.5, flou=1, duree=4, niveaux=_JOURS_OUVERTS, presence=90,
            ecart=35),
        _ouverture(170, 9.5, 13), _climatisation(110),
    )),
    "boulangerie": Metier((7, 1, 0), ("20000000", "00200000", "00000020"), presence=AOUT, parts=(
        _socle(110, CYCLES, tangente=40),
        Part(640, Sorte.BLOC, debut=2.5, flou=1, duree=6, niveaux=_JOURS_OUVERTS, ecart=35,
            tangente=5),
        _ouverture(210, 6, 13, niveaux=(100, 90, 10)),
        Part(80, Sorte.BLOC, debut=13.5, flou=1.5, duree=2, presence=70, ecart=35),
    )),
    "ecole": Metier((4, 9, 0), ("00100222",), vacances=FERME, parts=(
        _socle(90), _ouverture(560, 7.5, 10.5, facteur=LUMIERE), _chauffage(330),
        Part(190, Sorte.BLOC, debut=8.5, flou=0.5, duree=4, niveaux=(100, 20, 0), ecart=35,
            tangente=10),
    )),
    "hotel": Metier((4, 6, 3), _SEPT, presence=SAISONNIER, parts=(
        _socle(330, facteur=ETE),
        Part(280, Sorte.SOIR, debut=18, flou=1, niveaux=_CHAQUE_JOUR, facteur=ETE, jeu=2, ecart=20),
        _ouverture(260, 6, 18, facteur=ETE), _chauffage(240, rang=2), _climatisation(160, rang=0),
    )),
    "montagne": Metier((1, 1, 0), _SEPT, parts=(
        _socle(260, facteur=HIVER), _ouverture(420, 7, 13, facteur=HIVER), _chauffage(330, rang=3),
        Part(160, Sorte.BLOC, debut=18, flou=1, duree=4, niveaux=_CHAQUE_JOUR, facteur=HIVER,
            ecart=35),
    )),
    "camping": Metier((2, 1, 1), _SEPT, parts=(
        _socle(250, CYCLES, facteur=ETE), _ouverture(420, 7, 15, niveaux=_CHAQUE_JOUR, facteur=ETE),
        Part(330, Sorte.BLOC, debut=18, flou=1.5, duree=4, niveaux=_CHAQUE_JOUR, facteur=ETE,
            ecart=35),
    )),
    "atelier": Metier((8, 9, 5), ("00000222", "00001222", "00000122"), presence=AOUT, parts=(
        _socle(60, tangente=40), _ouverture(360, 7.5, 8.5, tangente=45),
        Part(550, Sorte.MACHINES, debut=7.5, flou=0.5, duree=9, ecart=20, tangente=65),
        _chauffage(90),
    )),
    "garage": Metier((4, 1, 0), ("00000122", "20000022"), presence=AOUT, parts=(
        _socle(70),
        Part(620, Sorte.MACHINES, debut=8, flou=0.5, duree=9, jeu=2, ecart=35, tangente=63),
        _ouverture(270, 8, 8.5), _chauffage(130),
    )),
    "lait": Metier((5, 1, 2), _SEPT, parts=(
        _socle(190, CYCLES, facteur=FROID, tangente=50),
        Part(380, Sorte.BLOC, debut=5.5, flou=1, duree=2, niveaux=_CHAQUE_JOUR, tangente=60),
        Part(380, Sorte.BLOC, debut=16.5, flou=1, duree=2, niveaux=_CHAQUE_JOUR, tangente=60),
        Part(60, Sorte.MACHINES, debut=7, flou=1.5, duree=9, niveaux=(100, 100, 60), presence=50,
            ecart=35),
    )),
    "irrigation": Metier((2, 1, 0), _SEPT, parts=(
        _socle(30),
        Part(970, Sorte.BLOC, debut=20, flou=4.5, duree=10, niveaux=_CHAQUE_JOUR, facteur=ARROSAGE,
            presence=60, ecart=35, tangente=63),
    )),
    "vigneron": Metier((2, 1, 5), ("00000122",), parts=(
        _socle(300, CYCLES, facteur=VENDANGES, tangente=45),
        _ouverture(450, 7.5, 9.5, niveaux=(100, 80, 25), facteur=VENDANGES, tangente=50),
        _climatisation(140, rang=0),
        Part(120, Sorte.MACHINES, debut=7.5, flou=0.5, duree=9, facteur=VENDANGES, tangente=63),
    )),
    "entrepot": Metier((1, 5, 9), ("00000011", "00000122"), parts=(
        _socle(390, CYCLES, facteur=FROID, tangente=55),
        _socle(310, VIF, facteur=FROID, tangente=55), _ouverture(190, 5, 13),
        Part(140, Sorte.MACHINES, debut=5, flou=1.5, duree=15, tangente=63),
        _climatisation(60, rang=0),
    )),
    "relais": Metier((10, 8, 7), _SEPT, parts=(
        _socle(500, tangente=3), _socle(485, tangente=3), _climatisation(30, rang=0),
    )),
    "pompage": Metier((1, 3, 6), _SEPT, parts=(
        _socle(400, ARRETS, tangente=68),
        Part(600, Sorte.BLOC, debut=22, flou=1.5, duree=8, niveaux=_CHAQUE_JOUR, ecart=20,
            tangente=63),
    )),
    "eclairage": Metier((3, 1, 0), _SEPT, mois=True, parts=(
        _socle(10), Part(990, Sorte.NUIT, niveaux=_CHAQUE_JOUR, ecart=4, absence=100, tangente=45),
    )),
    "deux equipes": Metier((0, 5, 13), _CINQ, presence=USINE, parts=(
        _socle(170, tangente=45),
        Part(640, Sorte.PLATEAU, debut=5, flou=1.5, duree=16.5, niveaux=(100, 40, 0), tangente=52),
        Part(230, Sorte.MACHINES, debut=5, flou=0.5, duree=15, ecart=20, tangente=63),
    )),
    "trois equipes": Metier((0, 3, 11), ("00000222", "00000122"), presence=USINE, parts=(
        *[Part(440, Sorte.SOCLE, rang=LISSE, niveaux=(100, 40, 14), ecart=1, absence=12,
            tangente=50)] * 2,
        Part(160, Sorte.MACHINES, debut=5, flou=3, duree=15, niveaux=(100, 30, 0), tangente=68),
    )),
    "feu continu": Metier((0, 2, 10), _SEPT, parts=(
        _socle(480, tangente=28), _socle(420, tangente=28),
        Part(100, Sorte.MACHINES, debut=4, flou=4, duree=15, niveaux=_CHAQUE_JOUR, tangente=60),
    )),
    "sante": Metier((2, 5, 7), ("00000111",), parts=(
        _socle(430, tangente=20), _ouverture(400, 6.5, 13, niveaux=(100, 70, 70)),
        _chauffage(130, rang=0), _climatisation(130, rang=0),
    )),
    "salle": Metier((5, 1, 0), ("00000000", "20000000"), presence=COMMERCE, parts=(
        _socle(150),
        Part(520, Sorte.PLATEAU, debut=17, flou=1.5, duree=5.5, niveaux=(100, 120, 0), presence=80,
            ecart=20),
        _ouverture(160, 9, 13), _chauffage(260, rang=4),
    )),
    "fin de semaine": Metier((6, 0, 0), ("22220000", "22222000", "22221000"),
        presence=COMMERCE, parts=(
        _socle(130),
        Part(700, Sorte.PLATEAU, debut=17, flou=3, duree=7, niveaux=(100, 60, 0), presence=90,
            ecart=20),
        Part(160, Sorte.APPAREIL, debut=11, flou=2, jeu=3, presence=60, ecart=35), _chauffage(120),
    )),
    "parties communes": Metier((6, 4, 0), _SEPT, parts=(
        _socle(420), _ouverture(330, 7, 15, niveaux=(100, 100, 95), facteur=LUMIERE),
        _chauffage(330, rang=3),
    )),
}  # fmt: skip
"""The trades, by name."""
