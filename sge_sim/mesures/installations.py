"""What stands behind a meter: how much each use consumes, how it follows the days.

An installation is drawn once from the seed of the point (`installation`); how the uses of a
profile follow the weekday, the weather and the season is the same for all points
(`niveaux`). Both are plausible, not measured (assumed). All factors are integers over `UN`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sge_sim.mesures.alea import Cles, draws, subkeys
from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.patterns import HABITUDES, Banque, banque
from sge_sim.mesures.point import Plages, PointMesure
from sge_sim.mesures.profil import ProfilConsommation
from sge_sim.mesures.tableaux import Entiers, EntiersCourts

FRACTION = 12
UN = 1 << FRACTION
"""The factor 1."""

USAGES = 4
"""Uses of a consumer: standing load, activity, heating (or process), water heater (or cooling).
A producer has one, the sun."""

_RANGS = np.arange(16, dtype=np.int64)
"""More draws than an installation takes."""

BITS_BRUIT = 24
"""First bit of the noise in the draw of a day: 8 bits for each use, above 6 bits for each row."""
BITS_SOLEIL = BITS_BRUIT + 3
"""First bit of the row of the sun: it is the noise's own, because a good day has a clear sky."""


@dataclass(frozen=True)
class Installation:
    """The uses of one point.

    `energies`: per day at level 1, in Wh for C5 and P4, in twelfths of kWh (one kW for five
    minutes) for the others; `planchers` and `etendues`: bounds of the daily noise, the first
    over 256 times `UN`, the width over `UN`; `absences`: what is left in a week of absence;
    `inductif`: reactive over active energy, `capacitif`: the same for the standing load at night.
    `habitude`: the subgroup of activity rows. `cles` (2, 1): the keys of days and weeks, then those
    of instants of maximum, of readings, of voltages, of phases, of cycles. Arrays have shape
    (uses, 1).
    """

    energies: Entiers
    planchers: Entiers
    etendues: Entiers
    absences: Entiers
    inductif: Entiers
    capacitif: int
    habitude: int
    cles: Cles
    cle_puissances: int
    cle_releves: int
    cle_tensions: int
    cle_phases: int
    cle_cycles: int


@dataclass(frozen=True)
class Niveaux:
    """How a profile follows the days: shape (uses, days). `facteurs`, over `UN`, multiply the
    energies; `lignes`: first row of the bank for the use that day, to which is added what the
    day's draw has at `bits` under `masques` (both (uses, 1)); `seuils` (days): chances out of 1024
    that the week is one of absence."""

    facteurs: Entiers
    lignes: EntiersCourts
    masques: Entiers
    bits: Entiers
    seuils: Entiers

    def entre(self, i0: int, i1: int) -> "Niveaux":
        """Return those of the days [i0, i1)."""
        return Niveaux(
            self.facteurs[:, i0:i1],
            self.lignes[:, i0:i1],
            self.masques,
            self.bits,
            self.seuils[i0:i1],
        )


@lru_cache(maxsize=4096)
def installation(
    graine: int, petit: bool, profil: ProfilConsommation, puissance: int
) -> Installation:
    """Return what the seed drew for a point of this profile sized by this power (kVA or kW)."""
    cles = subkeys(graine, 9)
    tirages: Iterator[int] = iter(draws(cles[1], _RANGS).tolist())

    def entre(bas: int, haut: int) -> int:
        return bas + (haut - bas) * (next(tirages) & 0xFFFF) // 0xFFFF

    energies = _TAILLES[profil](puissance, entre)
    if not petit:
        energies = [energie * 12 // 1000 for energie in energies]
    planchers, etendues, absences = _variations(profil)
    tangentes = [entre(bas, haut) for bas, haut in _TANGENTES][: len(energies)]
    # With capacitors for the standing load, the night is capacitive, never both.
    capacitif = 0 if profil is ProfilConsommation.PRODUCTION else max(entre(-30, 40), 0)
    if capacitif:
        tangentes[0] = 0
    return Installation(
        energies=_colonne(energies),
        planchers=planchers,
        etendues=etendues,
        absences=absences,
        inductif=_colonne([tangente * UN // 100 for tangente in tangentes]),
        capacitif=capacitif * UN // 100,
        habitude=entre(0, HABITUDES * 100 - 1) // 100,
        cles=np.array([[cles[2]], [cles[3]]], np.uint64),
        cle_puissances=cles[4],
        cle_releves=cles[5],
        cle_tensions=cles[6],
        cle_phases=cles[7],
        cle_cycles=cles[8],
    )


@lru_cache(maxsize=len(ProfilConsommation))
def _variations(profil: ProfilConsommation) -> tuple[Entiers, Entiers, Entiers]:
    """Return what all the installations of a profile share: `planchers`, `etendues`, `absences`."""
    bruits = _BRUITS[profil]
    return (
        _colonne([bas * UN * 256 // 100 for bas, _ in bruits]),
        _colonne([(haut - bas) * UN // 100 for bas, haut in bruits]),
        _colonne([part * UN // 100 for part in _ABSENCES[profil]]),
    )


def _colonne(valeurs: list[int]) -> Entiers:
    return np.array(valeurs, np.int64)[:, None]


def banque_de(point: PointMesure, plages: Plages) -> Banque:
    """Return the bank of rows of a point under these off-peak ranges."""
    profil = point.profil_effectif
    return banque(
        profil,
        48 if point.petit else 288,
        plages if profil is ProfilConsommation.RESIDENTIEL else (),
    )


def installation_de(point: PointMesure) -> Installation:
    """Return the installation of a point."""
    return installation(
        point.graine, point.petit, point.profil_effectif, point.puissances[0].valeur
    )


def niveaux_de(point: PointMesure) -> Niveaux:
    """Return how the uses of a point follow the days."""
    pas_par_jour = 48 if point.petit else 288
    return niveaux(point.profil_effectif, pas_par_jour, installation_de(point).habitude)


Tirage = Callable[[int, int], int]


def _residence(p: int, entre: Tirage) -> list[int]:
    """3 to 36 kVA: 2 to 8 MWh a year for most dwellings."""
    socle = 24 * (25 + 6 * p + entre(0, 9 * p))
    vie = 1100 + 300 * p + entre(0, 400 * p)
    chauffe = p >= 6 and entre(0, 99) < 40
    chauffage = entre(45, 120) * p if chauffe else entre(3, 18) * p
    ballon = entre(2600, 5600) if p >= 6 and entre(0, 99) < 60 else 0
    return [socle, vie, chauffage, ballon]


def _commerce(p: int, entre: Tirage) -> list[int]:
    """A shop or an office: 3 to 36 kVA."""
    return [24 * entre(15, 55) * p, p * entre(1200, 3200), p * entre(15, 110), p * entre(20, 90)]


def _tertiaire(p: int, entre: Tirage) -> list[int]:
    """A building of 36 to 250 kW: its peak comes near the subscribed power on extreme days."""
    return [24 * entre(90, 200) * p, p * entre(3100, 5200), p * entre(30, 170), p * entre(50, 170)]


def _usine(p: int, entre: Tirage) -> list[int]:
    """A plant of 250 kW to some MW, two shifts over a continuous load."""
    return [24 * entre(160, 280) * p, p * entre(3200, 5000), p * entre(400, 1200), p * entre(5, 30)]


def _solaire(p: int, entre: Tirage) -> list[int]:
    """A photovoltaic plant: the level is the production of 1 kW, 1 150 kWh a year on average."""
    return [p * entre(860, 1040)]


def _rien(p: int, entre: Tirage) -> list[int]:
    """Nothing that would draw, whatever the power."""
    return [0, 0, 0, 0]


_TAILLES: dict[ProfilConsommation, Callable[[int, Tirage], list[int]]] = {
    ProfilConsommation.RESIDENTIEL: _residence,
    ProfilConsommation.PROFESSIONNEL: _commerce,
    ProfilConsommation.TERTIAIRE: _tertiaire,
    ProfilConsommation.INDUSTRIEL: _usine,
    ProfilConsommation.PRODUCTION: _solaire,
    ProfilConsommation.AUCUN: _rien,
}
"""Wh per day and use (heating and cooling: per degree and day) from the power, kVA or kW."""

_BRUITS: dict[ProfilConsommation, tuple[tuple[int, int], ...]] = {
    ProfilConsommation.RESIDENTIEL: ((86, 114), (55, 150), (84, 116), (60, 140)),
    ProfilConsommation.PROFESSIONNEL: ((90, 110), (75, 125), (84, 116), (80, 120)),
    ProfilConsommation.TERTIAIRE: ((94, 106), (88, 112), (88, 112), (85, 115)),
    ProfilConsommation.INDUSTRIEL: ((95, 105), (86, 114), (40, 160), (85, 115)),
    ProfilConsommation.PRODUCTION: ((55, 145),),
    ProfilConsommation.AUCUN: ((100, 100),) * 4,
}
"""Bounds of the noise of one day, per cent, by use."""

_ABSENCES: dict[ProfilConsommation, tuple[int, ...]] = {
    ProfilConsommation.RESIDENTIEL: (85, 8, 55, 0),
    ProfilConsommation.PROFESSIONNEL: (85, 10, 50, 20),
    ProfilConsommation.TERTIAIRE: (90, 55, 70, 60),
    ProfilConsommation.INDUSTRIEL: (70, 25, 20, 40),
    ProfilConsommation.PRODUCTION: (100,),
    ProfilConsommation.AUCUN: (100, 100, 100, 100),
}
"""What is left in a week of absence or closure, per cent, by use."""

_TANGENTES = ((5, 20), (20, 45), (2, 8), (30, 60))
"""Bounds of reactive over active energy, per cent, by use."""


@lru_cache(maxsize=len(ProfilConsommation))
def _facteurs(profil: ProfilConsommation) -> tuple[Entiers, Entiers, Entiers]:
    """Return the factors (uses, days), the subgroups of rows (uses, days) and the chances of
    absence (days)."""
    table = calendrier()
    n = len(table.heures)
    zeros = np.zeros(n, np.int64)
    if profil is ProfilConsommation.PRODUCTION:
        heure_d_ete = table.decalages == 7200
        saison = table.mois - 1
        saison = np.where((table.mois == 3) & heure_d_ete, 12, saison)
        saison = np.where((table.mois == 10) & ~heure_d_ete, 13, saison)
        return table.soleil[None], saison[None], zeros
    repos = table.chome
    samedi = (table.jour_semaine == 5) & (repos == 0)
    froid = np.maximum(160 - table.temperature, 0) * UN // 10
    chaud = np.maximum(table.temperature - 190, 0) * UN // 10
    clarte = (120 - table.temperature) * UN // 1500
    ete = np.isin(table.mois, (7, 8))
    if profil is ProfilConsommation.RESIDENTIEL:
        vie = np.where(repos | samedi, 4700, 3950) + clarte
        eau = UN + (120 - table.temperature) * UN // 900
        uses = [np.full(n, UN, np.int64), vie, froid, eau]
        seuils = np.where(ete, 170, np.where(table.mois == 12, 70, 25))
        return np.stack(uses), np.stack([zeros, repos | samedi, zeros, zeros]), seuils
    if profil is ProfilConsommation.INDUSTRIEL:
        vie = np.where(repos == 1, 700, np.where(samedi, 1900, UN))
        autre = np.where(repos == 1, 0, np.where(samedi, 1400, UN))
    else:
        vie = np.where(repos == 1, 420, np.where(samedi, 2300, UN)) + clarte // 3
        autre = np.where(repos == 1, froid * 5 // 8, froid)
    froid_utile = np.where(repos == 1, chaud // 3, chaud)
    uses = [np.full(n, UN, np.int64), vie, autre, froid_utile]
    seuils = np.where(table.mois == 8, 260, np.where(table.mois == 12, 60, 8))
    return np.stack(uses), np.stack([zeros, repos, zeros, zeros]), seuils


@lru_cache(maxsize=64)
def niveaux(profil: ProfilConsommation, pas_par_jour: int, habitude: int) -> Niveaux:
    """Return how the uses of a profile follow the days, for points of one habit."""
    facteurs, sous_groupes, seuils = _facteurs(profil)
    # The groups stand at the same rows whatever the off-peak ranges.
    groupes = banque(profil, pas_par_jour, ()).groupes[: len(facteurs)]
    sous_groupes = sous_groupes.copy()
    if profil is not ProfilConsommation.PRODUCTION:
        sous_groupes[1] += 2 * habitude
    debuts = np.array([g.debut for g in groupes], np.int64)[:, None]
    variantes = np.array([g.variantes for g in groupes], np.int64)[:, None]
    bits = (
        [BITS_SOLEIL]
        if profil is ProfilConsommation.PRODUCTION
        else [6 * usage for usage in range(USAGES)]
    )
    lignes = (debuts + sous_groupes * variantes).astype(np.int16)
    return Niveaux(facteurs, lignes, variantes - 1, _colonne(bits), seuils)
