"""What days do to what is consumed or produced: zones of weather, seasons, rest, absences.

One read-only table, the same for all points, indexed by the number of the day. The eight zones are
those of the thermal regulation of 2012 (H1a to H3), by department; what the weather of each is, and
how uses follow it, is plausible, not measured (assumed).
"""

from dataclasses import dataclass
from datetime import date
from itertools import count

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.alea import subkey
from sge_sim.mesures.calendrier import calendrier, interpolate, jours_civils, numero_borne
from sge_sim.mesures.chauffes import PENTES
from sge_sim.mesures.hasard import UN, slow_noises
from sge_sim.mesures.soleil import CIELS, soleils
from sge_sim.mesures.tableaux import Entiers, Masque, Octets, common_table, read_facts

_CLAIR = 256
_ZONES = {
    "H1a": "02 14 27 28 59 60 61 62 75 76 77 78 80 91 92 93 94 95",
    "H1b": "08 10 45 51 52 54 55 57 58 67 68 70 88 89 90",
    "H1c": "01 03 05 15 19 21 23 25 38 39 42 43 63 69 71 73 74 87",
    "H2a": "22 29 35 50 56",
    "H2b": "16 17 18 36 37 41 44 49 53 72 79 85 86",
    "H2c": "09 12 24 31 32 33 40 46 47 64 65 81 82",
    "H2d": "04 07 26 48 84",
    "H3": "06 11 13 2A 2B 30 34 66 83",
}
ZONES = tuple(_ZONES)
LIEUX = tuple(sorted(" ".join(_ZONES.values()).split()))
"""The departments of metropolitan France: a place is a rank among them."""
ZONE_DU_LIEU = tuple(
    next(rang for rang, ici in enumerate(_ZONES.values()) if lieu in ici) for lieu in LIEUX
)
"""The zone of each place, a rank in `ZONES`."""
_RANGS_DE_CIEL = 256
_COUVERT_L_HIVER, _COUVERT_L_ETE = 12, 70
"""What an overcast day gives, of `_CLAIR` that the clearest does (assumed)."""
SEUILS_DE_CHAUFFAGE = (12, 14, 16)
"""Degrees under which dwellings heat, by kind."""

CONSTANT, LUMIERE, EAU, ETE, HIVER, VENDANGES, ARROSAGE, RENTREE = range(8)
"""Rows of `Climat.facteurs` that are the same everywhere."""
PREMIER_DE_ZONE, _PAR_ZONE = 8, 6
"""The first row that is of a zone, and how many each zone has."""
CHAUFFAGE, CHAUFFAGE_DOUX, CHAUFFAGE_FRILEUX, FRAICHEUR, FROID, SOLEIL = range(
    PREMIER_DE_ZONE, PREMIER_DE_ZONE + _PAR_ZONE
)
"""Rows of the first zone: degrees under each threshold, degrees above 20, what keeping cold costs,
kWh of a clear or cloudy day for 1 kW."""
_ETE = 256
_TEMPERATURES_DE_ZONE = ((5, 24), (2, 17))
"""What the weather of a zone has of its own: days between two draws, most of it in tenths of a
degree (assumed)."""
_CIELS_NATIONAUX, _CIELS_DE_ZONE = ((3, 300), (1, 300)), ((3, 270), (1, 330))
"""What makes the sky of the whole country, and of a zone: days between two draws, weight
(assumed)."""

JOURS_DE_SEMAINE, MOIS = 0, 3
"""How the days of an installation are told apart: by those of the week, with the holidays of the
first of three school zones, then of the others; or by month."""
TYPES = 16
"""Kinds of days: Monday to Sunday and public holidays, then the same in school holidays; or months,
with March in summer time and October in winter time apart."""

(
    TOUJOURS, FAMILLE, VOYAGEUR, SECONDAIRE, DELAISSEE, VACANT, COMMERCE, USINE, AOUT, SAISONNIER,
) = range(10)  # fmt: skip
"""Ways of being there: rows of `Climat.absences`."""
TOUJOURS_ABSENT = 1024
_TOUR_DES_ZONES = 7 * 313
"""Days after which holidays come again where none are known yet: six years, two turns of the three
school zones (assumed)."""


@dataclass(frozen=True)
class Climat:
    """The table; arrays end with one entry per day.

    `temperatures`: shape (zones, days), tenths of a degree; `facteurs`: (rows, days), over `UN`;
    `types`: (ways, days), below `TYPES`; `absences`: (2, school zones, ways of being there, days),
    chances out of 1024 that a week, and a part of one, is empty; `parties`: first bit, in the draw
    of a week, of that for its part, Monday to Thursday or the rest, which a Thursday before a
    bridge is of; `ciels`: what the weather makes of the shape of a day, (rows, days): by place the
    rank in `Soleils` times `CIELS`, plus the sky, from 0, overcast, to clear; then by zone and
    threshold of heating the rank of the pair of `PENTES` which it begins and ends with;
    `scolaires`: the school zone of each place.
    """

    temperatures: NDArray[np.int16]
    facteurs: NDArray[np.int32]
    types: Entiers
    absences: NDArray[np.int16]
    parties: Octets
    ciels: NDArray[np.int16]
    scolaires: tuple[int, ...]


def lieu_de_la_commune(code_insee: str | None) -> int | None:
    """Return the rank in `LIEUX` of a commune, None where it isn't in one of them.

    >>> ZONES[ZONE_DU_LIEU[lieu_de_la_commune("75101")]], LIEUX[lieu_de_la_commune("2A004")]
    ('H1a', '2A')
    """
    departement = (code_insee or "")[:2]
    return LIEUX.index(departement) if departement in LIEUX else None


def find_facteur(zone: int, facteur: int) -> int:
    """Return the row of `Climat.facteurs` in a zone: the same in all for those of the country."""
    return facteur + zone * _PAR_ZONE if facteur >= PREMIER_DE_ZONE else facteur


def find_ciel(zone: int, seuil: int) -> int:
    """Return the row of `Climat.ciels` of a heating of this zone: `seuil`, one of `CHAUFFAGE`,
    `CHAUFFAGE_DOUX`, `CHAUFFAGE_FRILEUX`."""
    return len(LIEUX) + zone * len(SEUILS_DE_CHAUFFAGE) + seuil - CHAUFFAGE


def read_temperature(zone: int, jour: date) -> float:
    """Return the mean temperature of a legal day in a zone, C."""
    return float(climat().temperatures[zone, numero_borne(jour)]) / 10


@common_table
def climat() -> Climat:
    """Return the table (computed on the first call, about 0.1 s)."""
    nationale = calendrier().temperature
    jours = np.arange(len(nationale), dtype=np.int64)
    faits = read_facts("climat")
    saison = np.clip(interpolate(faits["étés"]), 0, _ETE)
    temperatures, ciels, facteurs = [], [], list(_communs(saison))
    nationaux = slow_noises(count(subkey(0xC1E1, 0)), jours, _CIELS_NATIONAUX)
    for rang, (froideur, chaleur, soleil, clarte) in enumerate(faits["zones"].values()):
        cles = count(subkey(0xC11A7, rang))
        ecart = (froideur * (_ETE - saison) + chaleur * saison) // _ETE
        ici = nationale + ecart + slow_noises(cles, jours, _TEMPERATURES_DE_ZONE)
        rangs = _rank_skies(nationaux + slow_noises(cles, jours, _CIELS_DE_ZONE))
        rangs += (_RANGS_DE_CIEL - 1 - rangs) * clarte // _CLAIR
        temperatures.append(ici)
        ciels.append(rangs * CIELS // _RANGS_DE_CIEL)
        facteurs += _de_zone(soleil, ici, rangs, saison)
    ciels = [*(soleils().rangs * CIELS + np.array(ciels)[ZONE_DU_LIEU, :])]
    ciels += [
        _pentes(facteurs[find_facteur(zone, seuil)])
        for zone in range(len(ZONES))
        for seuil in (CHAUFFAGE, CHAUFFAGE_DOUX, CHAUFFAGE_FRILEUX)
    ]
    types, pont = _types(), _find_bridges()
    semaine = calendrier().jour_semaine
    table = Climat(
        temperatures=np.array(temperatures, np.int16),
        facteurs=np.array(facteurs, np.int32),
        types=types,
        absences=np.stack([_absences(each, pont) for each in types[:MOIS]], axis=1),
        parties=np.where(semaine < 4 - (pont & (semaine == 3)), 10, 20).astype(np.uint8),
        ciels=np.array(ciels, np.int16),
        scolaires=tuple("ABC".index(zone) for *_, zone in read_facts("lieux")["lieux"].values()),
    )
    for colonne in (each for each in vars(table).values() if isinstance(each, np.ndarray)):
        colonne.setflags(write=False)
    return table


def _communs(saison: Entiers) -> list[Entiers]:
    """Return the rows that are the same everywhere, in their order."""
    un = np.full(len(saison), UN, np.int64)
    froid = _ETE // 2 - saison
    return [
        un,
        un + froid * UN // 800,
        un + froid * UN // 850,
        *(interpolate(profil) * UN // 100 for profil in read_facts("climat")["profils"]),
    ]


def _de_zone(plein: int, temperature: Entiers, rangs: Entiers, saison: Entiers) -> list[Entiers]:
    """Return the rows of a zone, in their order; `plein`: what a clear day gives there."""
    # Walls keep half of what the day before was.
    sentie = (temperature + np.concatenate([temperature[:1], temperature[:-1]])) // 2
    degres = [np.maximum(10 * seuil - sentie, 0) * UN // 10 for seuil in SEUILS_DE_CHAUFFAGE]
    chaleur = np.maximum(sentie - 200, 0) * UN // 10
    froid = UN + (sentie - 120) * UN // 450
    clair = interpolate(read_facts("climat")["ciel clair"]) * plein * UN // 1000
    # Overcast winters, summers that are mostly clear.
    carres = rangs * rangs
    part_l_hiver = _RANGS_DE_CIEL * rangs + 3 * carres
    part_l_ete = 2 * _RANGS_DE_CIEL * rangs - carres
    hiver = _COUVERT_L_HIVER + part_l_hiver * (_CLAIR - _COUVERT_L_HIVER) // (4 * _RANGS_DE_CIEL**2)
    ete = _COUVERT_L_ETE + part_l_ete * (_CLAIR - _COUVERT_L_ETE) // _RANGS_DE_CIEL**2
    saison = np.minimum(saison * 5 // 4 + 24, _ETE)
    clarte = np.minimum((hiver * (_ETE - saison) + ete * saison) // _ETE, _CLAIR)
    soleil = clair * clarte // _CLAIR
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


def _rank_skies(ciels: Entiers) -> Entiers:
    """Return the rank of the sky of each day, overcast to clear, each as frequent."""
    rangs = np.empty_like(ciels)
    ranks = np.arange(len(ciels)) * _RANGS_DE_CIEL // len(ciels)
    rangs[np.argsort(ciels, kind="stable")] = ranks
    return rangs


def _types() -> Entiers:
    """Return the kind of each day, by how days are told apart."""
    table = calendrier()
    mois, _ = jours_civils()
    ferie = (table.chome == 1) & (table.jour_semaine != 6)
    semaines = np.where(ferie, 7, table.jour_semaine) + 8 * _vacances()
    heure_d_ete = table.decalages == 7200
    saison = np.where((mois == 3) & heure_d_ete, 12, mois - 1)
    saison = np.where((mois == 10) & ~heure_d_ete, 13, saison)
    return np.concatenate([semaines, saison[None]])


def _vacances() -> Masque:
    """Return the school holidays, shape (zones, days)."""
    vacances = np.zeros((MOIS, len(calendrier().heures)), np.bool_)
    for debut, fin, zones in read_facts("lieux")["vacances"]:
        connues = numero_borne(fin)
        vacances[["ABC".index(zone) for zone in zones], numero_borne(debut) : connues] = True
    jours = np.arange(vacances.shape[1])
    tours = -((connues - 1 - jours) // _TOUR_DES_ZONES)
    return vacances[:, jours - np.maximum(tours, 0) * _TOUR_DES_ZONES]


def _find_bridges() -> Masque:
    """Return the four days that are free where a Thursday or a Tuesday is a public holiday."""
    semaine, libre = calendrier().jour_semaine, calendrier().chome == 1
    jeudis, mardis = (np.flatnonzero(libre & (semaine == jour)) for jour in (3, 1))
    pont: Masque = np.zeros(len(libre), np.bool_)
    pont[np.add.outer(np.arange(4), np.concatenate([jeudis, mardis - 3])) % len(pont)] = True
    return pont


def _absences(types: Entiers, pont: Masque) -> NDArray[np.int16]:
    """Return the chances that a week, and a part of it, is empty, by way of being there; `types`:
    the kind of each day of the week."""
    mois, jour = jours_civils()
    periodes = {
        "été": np.isin(mois, (7, 8)),
        "août": mois == 8,
        "mi-août": (mois == 8) & (jour > 2) & (jour < 24),
        "noël": (mois == 12) & (jour > 20),
        "hors saison": np.isin(mois, (11, 1)),
        "vacances": types >= 8,
        "pont": pont,
        "vendredi à dimanche": np.isin(types % 8, (4, 5, 6)),
        "": np.ones(len(types), np.bool_),
    }
    return np.array(
        [
            [np.select([periodes[nom] for nom in chances], [*chances.values()]) for chances in ways]
            for ways in zip(*read_facts("climat")["absences"], strict=True)
        ],
        np.int16,
    )
