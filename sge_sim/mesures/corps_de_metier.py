"""The trades: their weeks, their closures, what they run.

Plausible, not measured (assumed).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sge_sim.mesures.climat import AOUT, COMMERCE, SAISONNIER, TOUJOURS, USINE
from sge_sim.mesures.dessins import ARRETS, CYCLES, LISSE, VIF
from sge_sim.mesures.formes import Sorte
from sge_sim.mesures.usages import FERME, OUVERT


class Part(NamedTuple):
    """A use of a trade. `part`: of an open day's energy, per thousand; of a heating or a cooling,
    of ten degrees. `debut`: half-hour, `flou`: how much it differs from place to place; `long`:
    half-hours, or the habit of a heating; `niveaux`: per cent on open, half and closed days."""

    part: int
    sorte: Sorte
    debut: int = 0
    flou: int = 0
    long: int = 0
    niveaux: tuple[int, int, int] = (100, 50, 0)
    facteur: str = ""
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


def _socle(part: int, texture: int = LISSE, facteur: str = "", tangente: int = 30) -> Part:
    return Part(
        part, Sorte.SOCLE, long=texture, niveaux=(100, 100, 94), facteur=facteur, ecart=1,
        absence=85, tangente=tangente,
    )  # fmt: skip


def _ouvert(part: int, debut: int, duree: int, **autres: Any) -> Part:
    return Part(part, Sorte.PLATEAU, debut, 2, duree, **autres)


def _chauffe(part: int, habitude: int = 1, **autres: Any) -> Part:
    return Part(
        part, Sorte.CHAUFFAGE, long=habitude, niveaux=(100, 70, 24), facteur="chauffage",
        tangente=8, ecart=20, absence=45, **autres,
    )  # fmt: skip


def _clim(part: int, habitude: int = 1) -> Part:
    return Part(
        part, Sorte.CHAUFFAGE, long=habitude, niveaux=(100, 70, 25), facteur="fraicheur",
        tangente=50, ecart=20, absence=30,
    )  # fmt: skip


_CINQ, _SIX = ("00000222",), ("00000022", "00000122", "20000022")
METIERS: dict[str, Metier] = {
    "bureau": Metier((14, 11, 3), _CINQ, (
        _socle(150), _ouvert(640, 16, 21, facteur="lumiere"), _chauffe(200), _clim(170)), AOUT),
    "boutique": Metier((15, 6, 0), (*_SIX, "20000002"), (
        _socle(150), _ouvert(760, 19, 19, facteur="lumiere"), _chauffe(170), _clim(120)), COMMERCE),
    "epicerie": Metier((6, 6, 1), ("00000010", "00000000", "20000010"), (
        _socle(330, CYCLES, "froid", 45), _ouvert(440, 16, 26), _clim(90),
        Part(160, Sorte.MACHINES, 15, 2, 30, (100, 70, 30), tangente=55))),
    "supermarche": Metier((0, 10, 6), ("00000012", "00000011", "00000022"), (
        _socle(380, CYCLES, "froid", 40), _ouvert(480, 15, 26), _clim(140), _chauffe(80, 2))),
    "coiffeur": Metier((9, 0, 0), ("20000022", "00000022"), (
        _socle(90), Part(520, Sorte.MACHINES, 18, 2, 18, ecart=35, jeu=2),
        _ouvert(280, 18, 19), _chauffe(220)), AOUT),
    "restaurant": Metier((11, 1, 0), ("20000000", "00000022", "22000000", "00000002"), (
        _socle(230, CYCLES, "froid", 40),
        Part(300, Sorte.BLOC, 21, 1, 6, (100, 100, 0), jeu=1, ecart=35, presence=90),
        Part(350, Sorte.BLOC, 37, 2, 8, (100, 100, 0), jeu=1, ecart=35, presence=90),
        _ouvert(170, 19, 26), _clim(110)), COMMERCE),
    "boulangerie": Metier((7, 1, 0), ("20000000", "00200000", "00000020"), (
        _socle(110, CYCLES, tangente=40), Part(640, Sorte.BLOC, 5, 2, 12, (100, 100, 0),
        ecart=35, tangente=5),
        _ouvert(210, 12, 26, niveaux=(100, 90, 10)),
        Part(80, Sorte.BLOC, 27, 3, 4, (100, 50, 0), ecart=35, presence=70)), AOUT),
    "ecole": Metier((4, 9, 0), ("00100222",), (
        _socle(90), _ouvert(560, 15, 21, facteur="lumiere"), _chauffe(330),
        Part(190, Sorte.BLOC, 17, 1, 8, (100, 20, 0), ecart=35, tangente=10)), vacances=FERME),
    "hotel": Metier((4, 6, 3), ("00000000",), (
        _socle(330, LISSE, "ete"), Part(280, Sorte.SOIR, 36, 2, jeu=2,
        niveaux=(100, 100, 100), facteur="ete", ecart=20)
        , _ouvert(260, 12, 36, facteur="ete"), _chauffe(240, 2), _clim(160, 0)), SAISONNIER),
    "montagne": Metier((1, 1, 0), ("00000000",), (
        _socle(260, LISSE, "hiver"), _ouvert(420, 14, 26, facteur="hiver"), _chauffe(330, 3),
        Part(160, Sorte.BLOC, 36, 2, 8, facteur="hiver", niveaux=(100, 100, 100), ecart=35))),
    "camping": Metier((2, 1, 1), ("00000000",), (
        _socle(250, CYCLES, "ete"), _ouvert(420, 14, 30, facteur="ete", niveaux=(100, 100, 100)),
        Part(330, Sorte.BLOC, 36, 3, 8, facteur="ete", niveaux=(100, 100, 100), ecart=35))),
    "atelier": Metier((8, 9, 5), ("00000222", "00001222", "00000122"), (
        _socle(60, tangente=40), _ouvert(360, 15, 17, tangente=45),
        Part(550, Sorte.MACHINES, 15, 1, 18, tangente=65, ecart=20), _chauffe(90)), AOUT),
    "garage": Metier((4, 1, 0), ("00000122", "20000022"), (
        _socle(70), Part(620, Sorte.MACHINES, 16, 1, 18, tangente=63, ecart=35, jeu=2),
        _ouvert(270, 16, 17), _chauffe(130)), AOUT),
    "lait": Metier((5, 1, 2), ("00000000",), (
        _socle(190, CYCLES, "froid", 50),
        Part(380, Sorte.BLOC, 11, 2, 4, (100, 100, 100), ecart=10, tangente=60),
        Part(380, Sorte.BLOC, 33, 2, 4, (100, 100, 100), ecart=10, tangente=60),
        Part(60, Sorte.MACHINES, 14, 3, 18, (100, 100, 60), presence=50, ecart=35))),
    "irrigation": Metier((2, 1, 0), ("00000000",), (
        _socle(30), Part(970, Sorte.BLOC, 40, 9, 20, (100, 100, 100), "arrosage",
        presence=60, ecart=35, tangente=63))),
    "vigneron": Metier((2, 1, 5), ("00000122",), (
        _socle(300, CYCLES, "vendanges", 45), _ouvert(450, 15, 19, facteur="vendanges",
        niveaux=(100, 80, 25), tangente=50),
        _clim(140, 0), Part(120, Sorte.MACHINES, 15, 1, 18, facteur="vendanges", tangente=63))),
    "entrepot": Metier((1, 5, 9), ("00000011", "00000122"), (
        _socle(390, CYCLES, "froid", 55), _socle(310, VIF, "froid", 55),
        _ouvert(190, 10, 26, tangente=30),
        Part(140, Sorte.MACHINES, 10, 3, 30, tangente=63), _clim(60, 0))),
    "relais": Metier((11, 8, 7), ("00000000",), (
        _socle(500, LISSE, "", 3), _socle(485, LISSE, "", 3), _clim(30, 0))),
    "pompage": Metier((1, 3, 6), ("00000000",), (
        _socle(400, ARRETS, tangente=68), Part(600, Sorte.BLOC, 44, 3, 16, (100, 100, 100),
        ecart=20, tangente=63))),
    "eclairage": Metier((4, 1, 0), ("00000000",), (
        _socle(10), Part(990, Sorte.NUIT, niveaux=(100, 100, 100), absence=100,
        ecart=4, tangente=45)), mois=True),
    "deux equipes": Metier((0, 5, 13), ("00000222",), (
        _socle(170, tangente=45), Part(640, Sorte.PLATEAU, 10, 3, 33, (100, 40, 0), tangente=52),
        Part(230, Sorte.MACHINES, 10, 1, 30, tangente=63, ecart=20)), USINE),
    "trois equipes": Metier((0, 3, 11), ("00000222", "00000122"), (
        *[Part(440, Sorte.SOCLE, long=LISSE, niveaux=(100, 40, 14), ecart=1, absence=12,
               tangente=50)] * 2,
        Part(160, Sorte.MACHINES, 10, 6, 30, (100, 30, 0), tangente=68)), USINE),
    "feu continu": Metier((0, 2, 10), ("00000000",), (
        _socle(480, LISSE, "", 28), _socle(420, LISSE, "", 28), Part(100, Sorte.MACHINES, 8, 8, 30,
        (100, 100, 100), tangente=60))),
    "sante": Metier((2, 5, 7), ("00000111",), (
        _socle(430, LISSE, tangente=20), _ouvert(400, 13, 26, niveaux=(100, 70, 70)),
        _chauffe(130, 0), _clim(130, 0))),
    "salle": Metier((5, 1, 0), ("00000000", "20000000"), (
        _socle(150), Part(520, Sorte.PLATEAU, 34, 3, 11, (100, 120, 0), ecart=20, presence=80),
        _ouvert(160, 18, 26), _chauffe(260, 4)), COMMERCE, vacances=OUVERT),
    "fin de semaine": Metier((6, 0, 0), ("22220000", "22222000", "22221000"), (
        _socle(130), Part(700, Sorte.PLATEAU, 34, 6, 14, (100, 60, 0), ecart=20, presence=90),
        Part(160, Sorte.APPAREIL, 22, 4, jeu=3, presence=60, ecart=35), _chauffe(120)), COMMERCE),
    "parties communes": Metier((6, 4, 0), ("00000000",), (
        _socle(420), _ouvert(330, 14, 30, niveaux=(100, 100, 95), facteur="lumiere"),
        _chauffe(330, 3))),
}  # fmt: skip
"""The trades, by name."""
