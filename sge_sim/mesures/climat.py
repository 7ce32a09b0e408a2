"""What days do to what is consumed or produced: zones of weather, seasons, rest, absences.

One read-only table, the same for all points, indexed by the number of the day. The eight zones are
those of the thermal regulation of 2012 (H1a to H3), by department; what the weather of each is, and
how uses follow it, is plausible, not measured (assumed).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import subkey
from sge_sim.mesures.calendrier import (
    bruit_lie,
    calendrier,
    interpole,
    jours_civils,
    numero_borne,
)
from sge_sim.mesures.dessins import PENTES
from sge_sim.mesures.hasard import UN
from sge_sim.mesures.tableaux import Entiers

ZONES = ("H1a", "H1b", "H1c", "H2a", "H2b", "H2c", "H2d", "H3")
_DEPARTEMENTS = {
    "H1a": "02 14 27 28 59 60 61 62 75 76 77 78 80 91 92 93 94 95",
    "H1b": "08 10 45 51 52 54 55 57 58 67 68 70 88 89 90",
    "H1c": "01 03 05 15 19 21 23 25 38 39 42 43 63 69 71 73 74 87",
    "H2a": "22 29 35 50 56",
    "H2b": "16 17 18 36 37 41 44 49 53 72 79 85 86",
    "H2c": "09 12 24 31 32 33 40 46 47 64 65 81 82",
    "H2d": "04 07 26 48 84",
    "H3": "06 11 13 2A 2B 30 34 66 83",
}
_ZONE_DU_DEPARTEMENT = {
    departement: rang
    for rang, zone in enumerate(ZONES)
    for departement in _DEPARTEMENTS[zone].split()
}

_ECARTS_DE_ZONE = (
    (-6, -14), (-24, 0), (-18, -2), (14, -26), (0, 2), (10, 10), (4, 22), (34, 28),
)  # fmt: skip
"""Tenths of a degree from the national mean, in winter and in summer, by zone."""
_SOLEIL_DE_ZONE = (92, 94, 98, 96, 101, 104, 115, 120)
"""What a clear day gives in a zone, per cent of the middle of France."""
_CLARTE_DE_ZONE = (0, 0, 8, 0, 12, 20, 60, 70)
"""By how much of 256 the sky is nearer to a clear one than elsewhere."""
_CIEL_CLAIR = (25, 33, 47, 56, 60, 64, 63, 58, 48, 37, 28, 23)
"""What the clearest day of a month gives in the middle of France, tenths of kWh for 1 kW: no plant
gives more (solar geometry)."""

SEUILS_DE_CHAUFFAGE = (12, 14, 16)
"""Degrees under which dwellings heat, by kind."""

CONSTANT, LUMIERE, EAU, ETE, HIVER, VENDANGES, ARROSAGE, RENTREE = range(8)
"""Rows of `Climat.facteurs` that are the same everywhere."""
PREMIER_DE_ZONE = 8
"""The first row that is of a zone."""
CHAUFFAGE, CHAUFFAGE_DOUX, CHAUFFAGE_FRILEUX, FRAICHEUR, FROID, SOLEIL = range(6)
"""Rows of a zone: degrees under each threshold, degrees above 20, what keeping cold costs, kWh of
a clear or cloudy day for 1 kW."""
_PAR_ZONE = 6

JOURS_DE_SEMAINE, MOIS = range(2)
"""How the days of an installation are told apart."""
TYPES = 16
"""Kinds of days: Monday to Sunday and public holidays, then the same in school holidays; or months,
with March in summer time and October in winter time apart."""

(
    TOUJOURS, FAMILLE, VOYAGEUR, SECONDAIRE, DELAISSEE, VACANT, COMMERCE, USINE, AOUT, SAISONNIER,
) = range(10)  # fmt: skip
"""Ways of being there: rows of `Climat.absences`."""


@dataclass(frozen=True)
class Climat:
    """The table; arrays end with one entry per day.

    `temperatures`: shape (zones, days), tenths of a degree; `facteurs`: (rows, days), over `UN`;
    `types`: (ways, days), below `TYPES`; `absences`: (2, ways of being there, days), chances out
    of 1024 that a week, and a part of one, is empty; `parties`: first bit, in the draw of a week,
    of that for its part, Monday to Thursday or the rest; `ciels`: what the weather makes of the
    shape of a day, (rows, days): by zone the sky, from 0, overcast, to 31, clear, then by zone and
    threshold of heating the rank of the pair of `PENTES` which it begins and ends with.
    """

    temperatures: NDArray[np.int16]
    facteurs: NDArray[np.int32]
    types: Entiers
    absences: NDArray[np.int16]
    parties: NDArray[np.uint8]
    ciels: NDArray[np.uint8]


def zone_du_departement(code_insee: str | None) -> int | None:
    """Return the rank in `ZONES` of a commune, None where it isn't in one of them.

    >>> ZONES[zone_du_departement("75101")], ZONES[zone_du_departement("2A004")]
    ('H1a', 'H3')
    """
    return _ZONE_DU_DEPARTEMENT.get((code_insee or "")[:2])


def facteur_de_zone(zone: int, rang: int) -> int:
    """Return the row of `Climat.facteurs` of a zone."""
    return PREMIER_DE_ZONE + zone * _PAR_ZONE + rang


def ciel_de_chauffage(zone: int, seuil: int) -> int:
    """Return the row of `Climat.ciels` of a heating of this zone: `seuil`, one of `CHAUFFAGE`,
    `CHAUFFAGE_DOUX`, `CHAUFFAGE_FRILEUX`."""
    return len(ZONES) + zone * len(SEUILS_DE_CHAUFFAGE) + seuil


def temperature_le(zone: int, jour: date) -> float:
    """Return the mean temperature of a legal day in a zone, C."""
    return float(climat().temperatures[zone, numero_borne(jour)]) / 10


@computed_once(1)
def climat() -> Climat:
    """Return the table (computed on the first call, about 0.1 s)."""
    nationale = calendrier().temperature
    jours = np.arange(len(nationale), dtype=np.int64)
    # From 0 in the middle of winter to 256 in that of summer.
    saison = np.clip((interpole((0, 20, 80, 140, 200, 250, 256, 250, 190, 110, 40, 5))), 0, 256)
    temperatures, ciels, facteurs = [], [], list(_communs(saison))
    cle = subkey(0xC1E1, 0)
    nationaux = bruit_lie(cle, jours, 4, 300) + bruit_lie(cle + 1, jours, 1, 260)
    for zone, (hiver, ete) in enumerate(_ECARTS_DE_ZONE):
        cle = subkey(0xC11A7, zone)
        ecart = (hiver * (256 - saison) + ete * saison) // 256
        ici = nationale + ecart + bruit_lie(cle, jours, 5, 24) + bruit_lie(cle + 1, jours, 2, 17)
        rangs = _rangs_de_ciel(cle + 2, jours, nationaux)
        temperatures.append(ici)
        ciels.append(rangs >> 3)
        facteurs += _de_zone(zone, ici, rangs, saison)
    ciels += [
        _pentes(facteurs[facteur_de_zone(zone, seuil)])
        for zone in range(len(ZONES))
        for seuil in (CHAUFFAGE, CHAUFFAGE_DOUX, CHAUFFAGE_FRILEUX)
    ]
    absences = _absences()
    table = Climat(
        temperatures=np.array(temperatures, np.int16),
        facteurs=np.array(facteurs, np.int32),
        types=_types(),
        absences=absences,
        parties=np.where(calendrier().jour_semaine < 4, 10, 20).astype(np.uint8),
        ciels=np.array(ciels, np.uint8),
    )
    for colonne in vars(table).values():
        colonne.setflags(write=False)
    return table


def _communs(saison: Entiers) -> list[Entiers]:
    """Return the rows that are the same everywhere, in their order."""
    un = np.full(len(saison), UN, np.int64)
    froid = 128 - saison
    profils = (
        (50, 50, 60, 75, 90, 120, 220, 240, 110, 70, 50, 65),
        (180, 190, 150, 90, 60, 60, 70, 80, 60, 60, 80, 160),
        (75, 75, 80, 85, 90, 95, 100, 130, 260, 190, 85, 75),
        (30, 30, 50, 90, 140, 200, 230, 200, 110, 60, 30, 30),
        (104, 104, 104, 103, 102, 100, 72, 55, 112, 112, 110, 102),
    )
    return [
        un,
        un + froid * UN // 1000,
        un + froid * UN // 850,
        *(interpole(profil) * UN // 100 for profil in profils),
    ]


def _de_zone(zone: int, temperature: Entiers, rangs: Entiers, saison: Entiers) -> list[Entiers]:
    """Return the rows of a zone, in their order."""
    # Walls keep half of what the day before was.
    sentie = (temperature + np.concatenate([temperature[:1], temperature[:-1]])) // 2
    degres = [np.maximum(10 * seuil - sentie, 0) * UN // 10 for seuil in SEUILS_DE_CHAUFFAGE]
    chaleur = np.maximum(sentie - 200, 0) * UN // 10
    froid = UN + (sentie - 120) * UN // 450
    clair = interpole(_CIEL_CLAIR) * _SOLEIL_DE_ZONE[zone] * UN // 1000
    # Overcast winters, summers that are mostly clear: 0 to 256.
    rangs = rangs + (255 - rangs) * _CLARTE_DE_ZONE[zone] // 256
    hiver = 17 + (rangs * 256 + 3 * rangs * rangs) * 239 // (4 * 65536)
    ete = 82 + (512 * rangs - rangs * rangs) * 174 // 65536
    saison = np.minimum(saison * 5 // 4 + 24, 256)
    clarte = (hiver * (256 - saison) + ete * saison) // 256
    soleil = clair * np.minimum(clarte, 256) >> 8
    return [degres[1], degres[0], degres[2], chaleur, froid, soleil]


def _pentes(degres: Entiers) -> Entiers:
    """Return the rank of the pair of `PENTES` of each day: halfway from the day before, halfway to
    the day after."""
    autour = np.concatenate([degres[:1], degres, degres[-1:]])
    voisins = np.stack([autour[:-2], autour[2:]]) + degres
    bornes = (np.array(PENTES[1:]) + np.array(PENTES[:-1])) // 2
    # Over twice the day itself; no matter where there is nothing.
    debut, fin = np.searchsorted(bornes, voisins * 50 // np.maximum(degres, 1))
    rangs: Entiers = debut * len(PENTES) + fin
    return rangs


def _rangs_de_ciel(cle: int, jours: Entiers, nationaux: Entiers) -> Entiers:
    """Return the rank of the sky of each day, 0 to 255, each as frequent: half of it is that of the
    whole country."""
    ici = nationaux + bruit_lie(cle, jours, 3, 270) + bruit_lie(cle + 1, jours, 1, 330)
    rangs = np.empty(len(jours), np.int64)
    rangs[np.argsort(ici, kind="stable")] = jours * 256 // len(jours)
    return rangs


def _types() -> Entiers:
    table = calendrier()
    mois, jour = jours_civils()
    date = mois * 100 + jour
    vacances = (
        ((date >= 706) & (date < 901))
        | ((date >= 1019) & (date < 1104))
        | (date >= 1221)
        | (date < 106)
        | ((date >= 214) & (date < 301))
        | ((date >= 412) & (date < 428))
    )
    ferie = (table.chome == 1) & (table.jour_semaine != 6)
    semaine = np.where(ferie, 7, table.jour_semaine) + 8 * vacances
    heure_d_ete = table.decalages == 7200
    saison = np.where((mois == 3) & heure_d_ete, 12, mois - 1)
    saison = np.where((mois == 10) & ~heure_d_ete, 13, saison)
    return np.stack([semaine, saison])


def _absences() -> NDArray[np.int16]:
    """Return the chances that a week, and a part of it, is empty, by way of being there."""
    types, _ = _types()
    vacances, fin = types >= 8, np.isin(types % 8, (4, 5, 6))
    mois, jour = jours_civils()
    ete, aout, noel = np.isin(mois, (7, 8)), mois == 8, (mois == 12) & (jour > 20)
    coeur = aout & (jour > 2) & (jour < 24)
    zero = np.zeros(len(types), np.int64)

    def selon(*cas: tuple[NDArray[np.bool_], int], sinon: int) -> Entiers:
        return np.select([ou for ou, _ in cas], [valeur for _, valeur in cas], sinon)

    semaines = {
        TOUJOURS: zero,
        FAMILLE: selon((ete, 250), (vacances, 90), sinon=12),
        VOYAGEUR: selon((ete, 330), (vacances, 220), sinon=70),
        SECONDAIRE: zero,
        DELAISSEE: zero,
        VACANT: zero + 1024,
        COMMERCE: selon((aout, 260), (noel, 140), sinon=10),
        USINE: selon((coeur, 880), (aout, 330), (noel, 820), sinon=4),
        AOUT: selon((coeur, 620), (aout, 200), (noel, 120), sinon=12),
        SAISONNIER: selon((np.isin(mois, (11, 1)), 600), sinon=30),
    }
    parties = {
        TOUJOURS: zero,
        FAMILLE: selon((vacances, 50), (fin, 34), sinon=10),
        VOYAGEUR: selon((vacances, 100), (fin, 130), sinon=90),
        SECONDAIRE: selon((ete, 520), (vacances, 640), (fin, 760), sinon=980),
        DELAISSEE: selon((ete, 985), sinon=1016),
        VACANT: zero + 1024,
        COMMERCE: zero + 4,
        USINE: zero,
        AOUT: zero + 6,
        SAISONNIER: zero + 20,
    }
    return np.array(
        [[sorte[rang] for rang in range(10)] for sorte in (semaines, parties)], np.int16
    )
