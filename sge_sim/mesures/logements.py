"""Dwellings, as tables: how many have what, what it takes, and when.

A range is its least and its most, each number as likely; a size is lognormal: its median, the sigma
of its logarithm, per cent, its least, its most; how often something is met is a weight among the
rest. Hours are legal. All is plausible, not measured (assumed), but near what surveys of French
dwellings say where one is named.
"""

from typing import NamedTuple

from sge_sim.mesures.chauffes import CHAUFFES
from sge_sim.mesures.climat import (
    CHAUFFAGE,
    CHAUFFAGE_DOUX,
    CHAUFFAGE_FRILEUX,
    CONSTANT,
    DELAISSEE,
    FAMILLE,
    LUMIERE,
    SECONDAIRE,
    TOUJOURS,
    VACANT,
    VOYAGEUR,
)
from sge_sim.mesures.hasard import Fourchette

Taille = tuple[int, int, int, int]
POMPE = CHAUFFES
"""The rank of a heat pump after those of `chauffages`."""


class Logement(NamedTuple):
    """Dwellings of a subscribed power. `taille`: size of what is done there, per cent; `socle`: W
    of what never stops; `chauffes`: chances out of 1000 that electricity heats it (37 % of all:
    SDES 2024); `habitudes`: by which of `chauffages`, each as likely, or by a heat pump;
    `par_degre`: W per degree of those (34 to 39 of all, heated or not: derived from RTE);
    `voitures`: chances out of 1000 that a car is charged (6.5 % of main homes: derived from Avere
    2026); `pointe`: the most that is ever taken at once, per cent of the power, all of it beyond
    100: who subscribes more often subscribed more than is needed (assumed)."""

    taille: Taille
    socle: Taille
    chauffes: int
    habitudes: tuple[int, ...]
    par_degre: Taille
    voitures: int
    pointe: Fourchette


_PETITES = (0, 1, 2, 3, 4, 0, 1, 2, 3, 5, 5, 5, 5, 5, POMPE, POMPE, POMPE)
_GRANDES = (0, 1, 3, 0, 2, 5, POMPE, POMPE)
"""Whose heating hardly stops subscribe more (assumed)."""
LOGEMENTS = {
    3: Logement(taille=(29, 62, 9, 50), socle=(115, 60, 26, 480), chauffes=150,
        habitudes=_PETITES, par_degre=(36, 60, 10, 76), voitures=0, pointe=(90, 200)),
    6: Logement(taille=(31, 68, 9, 90), socle=(194, 60, 26, 480), chauffes=372,
        habitudes=_PETITES, par_degre=(73, 52, 15, 145), voitures=50, pointe=(90, 200)),
    9: Logement(taille=(41, 68, 10, 116), socle=(270, 60, 26, 500), chauffes=460,
        habitudes=_GRANDES, par_degre=(219, 46, 26, 290), voitures=90, pointe=(68, 106)),
    12: Logement(taille=(60, 68, 12, 138), socle=(430, 60, 26, 580), chauffes=580,
        habitudes=_GRANDES, par_degre=(300, 46, 32, 400), voitures=140, pointe=(60, 104)),
}  # fmt: skip
"""By power, kVA: beyond the last one, it is the last one's."""
OCCUPATIONS = {
    VACANT: 20, DELAISSEE: 35, SECONDAIRE: 36, TOUJOURS: 135, VOYAGEUR: 360, FAMILLE: 420,
}  # fmt: skip
"""Who is there (of all dwellings, INSEE has 7.7 % vacant and 9.9 % second homes)."""
SOCLES_VIDES: dict[int, Taille] = {
    VACANT: (7, 120, 5, 30), DELAISSEE: (28, 110, 10, 120), SECONDAIRE: (28, 110, 10, 120),
}  # fmt: skip
"""W of what never stops where nobody lives all year."""
SEMAINES = {"00000111": 3, "00000001": 1, "11111111": 1, "10000011": 1}
"""Days of rest: a level a day from Monday, then public holidays."""
RYTHMES = {"midi": 7, "chez soi": 23, "dehors": 63, "décalé": 7}
"""By what people live: at home, and cooking at noon, at home, away at work, by nights."""
MACHINE, VEILLE_DE_PLUS = 36, (130, 400)
"""Chances out of 1000 that something always runs, a pump, a server, an aquarium; its W."""
PART_DES_MACHINES = (28, 93)
"""Per cent of `Logement.socle` that never stops; the rest is on while somebody is up."""
EVEIL_ABSENT = 10
"""Per cent of that rest where nobody is there."""
FROID = 800
"""Chances out of 1000 that the cycles of something cold are seen in what never stops."""


class Activite(NamedTuple):
    """What people do at home. `energie`: Wh a day for each per cent of `Logement.taille`;
    `presence`: per cent of the days on which they do; `ecart`: of the energy from day to day, per
    cent; `facteur`: row of `Climat.facteurs`."""

    energie: Fourchette
    presence: Fourchette
    ecart: int
    facteur: int = CONSTANT


MATIN = Activite(energie=(5, 10), presence=(61, 97), ecart=35, facteur=LUMIERE)
SOIR = Activite(energie=(16, 25), presence=(56, 94), ecart=35, facteur=LUMIERE)
LESSIVE = Activite(energie=(7, 11), presence=(26, 68), ecart=35)
MIDI = Activite(energie=(3, 8), presence=(60, 95), ecart=20)
A_DISTANCE = Activite(energie=(3, 8), presence=(20, 55), ecart=20)
"""Of those who work at home on some days."""


class Regularite(NamedTuple):
    """How far what people do moves from day to day: ranks in `JEUX`."""

    matin: Fourchette
    diner: Fourchette
    midi: Fourchette


LIBRE = Regularite(matin=(5, 5), diner=(3, 4), midi=(2, 3))
PONCTUELLE = Regularite(matin=(0, 1), diner=(1, 1), midi=(0, 1))
DINER_LIBRE = (5, 5)

SEUILS = {CHAUFFAGE: 60, CHAUFFAGE_FRILEUX: 25, CHAUFFAGE_DOUX: 15}
"""Under which temperature a dwelling heats."""

EAU_ASSERVIE, EAU_LIBRE = 490, 170
"""Chances out of 1000 that a dwelling of more than 3 kVA has a water heater: where off-peak hours
drive it, and where nothing does."""
EAU_PAR_JOUR: Taille = (4500, 42, 1800, 9000)
"""Wh of hot water where `Logement.taille` is 100 (4.6 kWh for 200 l: ADEME)."""
EAU_A_MIDI = (24, 38)
"""Part of its energy that a water heater takes in a second range, per cent."""
CHAUFFE_EAU = ({1200: 4, 1650: 1}, {1650: 2, 2200: 2, 2400: 1})
"""W of water heaters, up to 6 kVA and beyond."""
EAU_PUISEE = ((6, 10), (12, 16), (19, 23))
"""Hours between which a water heater starts that nothing but the water drawn drives."""

BORNES_DE_CHARGE = {2300: 45, 3500: 35, 7000: 20}
"""W at which a car is charged: from a socket, a reinforced one, a wall box (Enedis: 45, 34, 19)."""
BORNE_AU_PLUS = 3500
"""The same, most under 9 kVA."""
CHARGE_ASSERVIE = 700
"""Chances out of 1000 that a contact drives the charge, where there is one."""
RETOUR_DE_VOITURE = (17, 21)
"""Hours between which a car begins to charge that no contact drives."""
CHARGE_DE_VOITURE = (6000, 16000)
"""Wh of a charge."""
JOURS_DE_CHARGE = (20, 80)
"""Per cent of the days on which a car is charged (one or two a week for 55 %: Enedis)."""
