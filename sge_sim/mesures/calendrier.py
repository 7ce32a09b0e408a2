"""The days of France: midnights in UTC, holidays, seasons, weather, colours.

One read-only table, the same for all points, indexed by the number of the day since
`PREMIER_JOUR`. It is computed once per process from Europe/Paris and the public holidays of
metropolitan France.

Weather and colours are synthetic (assumed): temperatures are a normal year plus a national
anomaly; the red and white days of a season are its coldest, so that they look as in life without
repeating the true history.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from sge_sim.clock import FIN_DES_JOURS, PARIS, PREMIER_JOUR
from sge_sim.domaine.jours_ouvres import jours_feries
from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draws, subkey, subkeys
from sge_sim.mesures.hasard import slow_noises
from sge_sim.mesures.tableaux import Entiers, common_table

_ORIGINE = PREMIER_JOUR.toordinal()
_FIN = FIN_DES_JOURS.toordinal()
_EPOCH = date(1970, 1, 1).toordinal()
_JOUR = 86_400

ROUGES_PAR_SAISON, BLANCS_PAR_SAISON = 22, 43
"""Days of each colour in a season, 1 September to 31 August (assumed: the public rule of Tempo)."""

_GRAINE_NATIONALE = subkey(0xF2A9CE, 1)
_NORMALES = (50, 56, 90, 114, 151, 187, 210, 208, 174, 135, 87, 57)
"""Mean temperature of each month, tenths of a degree (assumed)."""
_ANOMALIES = ((29, 24), (9, 46), (3, 42), (1, 13))
"""What makes a day colder or warmer, by seasons to from day to day: days between two draws, most of
it in tenths of a degree (assumed)."""


@dataclass(frozen=True)
class Calendrier:
    """The national table; every array has one entry per day, `minuits` one more.

    `minuits`: epoch seconds (UTC) of the legal midnight that starts the day; `decalages`: offset
    of legal time at that midnight, seconds; `heures`: 23, 24 or 25; `jour_semaine`: 0 is Monday;
    `chome`: Sunday or public holiday; `saison_haute`: November to March (assumed, TURPE);
    `temperature`: that of the country, tenths of a degree; `couleur`: 0 blue, 1 white, 2 red.
    `transitions`: instants of the changes of legal time, and `decalages_apres` the offset from
    each on (one more in front, before all of them). `changements`: numbers of the days of 23 or 25
    hours, `bords` theirs and those of the days after them. `compteurs`: shape (2, days), the number
    of the day and that of its week, from Monday; in summer, two weeks have one number: who leaves
    leaves for both.
    """

    minuits: Entiers
    decalages: Entiers
    heures: Entiers
    jour_semaine: Entiers
    mois: Entiers
    chome: Entiers
    saison_haute: Entiers
    temperature: Entiers
    couleur: Entiers
    transitions: tuple[int, ...]
    decalages_apres: tuple[int, ...]
    changements: tuple[int, ...]
    bords: tuple[int, ...]
    compteurs: Entiers


def numero(jour: date) -> int:
    """Return the number of a day in the table; `ValueError` outside of it."""
    n = jour.toordinal() - _ORIGINE
    if not 0 <= n <= FIN_DES_JOURS.toordinal() - _ORIGINE:
        raise ValueError(f"{jour} is outside of the years that can be computed")
    return n


@computed_once(4096)
def numero_borne(jour: date) -> int:
    """Return the number of a day, of the first or last one when it is outside of the table."""
    return min(max(jour.toordinal(), _ORIGINE), _FIN) - _ORIGINE


def jour_de(n: int) -> date:
    """Return the day of a number."""
    return date.fromordinal(_ORIGINE + n)


def minuits(debut: date, fin: date) -> Entiers:
    """Return the epoch seconds of the legal midnights of [debut, fin], both bounds included.

    >>> minuits(date(2024, 7, 1), date(2024, 7, 3)).tolist()
    [1719784800, 1719871200, 1719957600]
    """
    return calendrier().minuits[numero(debut) : numero(fin) + 1]


def decalages(horodates: Entiers) -> Entiers:
    """Return the offset of legal time, in seconds, at each of these instants (ascending)."""
    table = calendrier()
    if not len(horodates):
        return np.zeros(0, np.int64)
    premier = bisect_right(table.transitions, int(horodates[0]))
    if premier == bisect_right(table.transitions, int(horodates[-1])):
        return np.full(len(horodates), table.decalages_apres[premier], np.int64)
    rangs = np.searchsorted(np.array(table.transitions), horodates, side="right")
    return np.array(table.decalages_apres)[rangs]


@computed_once(64)
def midnights_of(i0: int, i1: int) -> tuple[Entiers, Entiers]:
    """Return the midnights of the days [i0, i1) and the offset of legal time then: arrays that
    nobody can change, which all points share."""
    table = calendrier()
    minuits, decalages = table.minuits[i0:i1].copy(), table.decalages[i0:i1].copy()
    minuits.setflags(write=False)
    decalages.setflags(write=False)
    return minuits, decalages


@computed_once(4096)
def find_changements(i0: int, i1: int) -> tuple[int, ...]:
    """Return the days of 23 or 25 hours in [i0, i1)."""
    jours = calendrier().changements
    return jours[bisect_left(jours, i0) : bisect_left(jours, i1)]


@common_table
def calendrier() -> Calendrier:
    """Return the national table (computed on the first call, about 0.2 s)."""
    nombre = FIN_DES_JOURS.toordinal() - _ORIGINE
    jours = np.arange(nombre, dtype=np.int64)
    transitions, apres = _transitions()
    limites = np.arange(nombre + 1, dtype=np.int64) * _JOUR + (_ORIGINE - _EPOCH) * _JOUR
    # A legal midnight is never near a change of legal time (01:00 UTC), so the offset found an
    # hour or two beside it is the right one.
    decalage = np.array(apres)[np.searchsorted(np.array(transitions), limites - 3600)]
    minuit = limites - decalage
    heures = np.diff(minuit) // 3600
    mois, _ = jours_civils()
    semaine = (jours + PREMIER_JOUR.weekday()) % 7
    chome = (semaine == 6).astype(np.int64)
    chome[[*map(numero, jours_feries(range(PREMIER_JOUR.year, FIN_DES_JOURS.year)))]] = 1
    temperature = interpolate(_NORMALES) + _anomalie(jours)
    changements = np.flatnonzero(heures != 24).tolist()
    table = Calendrier(
        minuits=minuit,
        decalages=decalage[:-1],
        heures=heures,
        jour_semaine=semaine,
        mois=mois,
        chome=chome,
        saison_haute=np.isin(mois, (11, 12, 1, 2, 3)).astype(np.int64),
        temperature=temperature,
        couleur=_couleurs(semaine, chome, temperature),
        transitions=transitions,
        decalages_apres=apres,
        changements=tuple(changements),
        bords=tuple(bord for jour in changements for bord in (jour, jour + 1)),
        compteurs=np.stack([jours, _semaines(jours, mois)]),
    )
    for colonne in vars(table).values():
        if isinstance(colonne, np.ndarray):
            colonne.setflags(write=False)
    return table


def _semaines(jours: Entiers, mois: Entiers) -> Entiers:
    """Return the number of the week of each day, in July and August that of the first of two."""
    semaines: Entiers = (jours + PREMIER_JOUR.weekday()) // 7
    lundi = np.maximum(jours - (jours + PREMIER_JOUR.weekday()) % 7, 0)
    return semaines - semaines % 2 * np.isin(mois[lundi], (7, 8))


def _transitions() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the instants at which legal time changes, and the offset before and after each."""

    def decalage(heure: int) -> int:
        delta = datetime.fromtimestamp(heure * 3600, UTC).astimezone(PARIS).utcoffset()
        return int((delta or timedelta()).total_seconds())

    instants: list[int] = []
    apres: list[int] = []
    for annee in range(PREMIER_JOUR.year - 1, FIN_DES_JOURS.year + 1):
        for mois in (1, 7):
            bas = int(datetime(annee, mois, 1, tzinfo=UTC).timestamp()) // 3600
            haut = bas + 184 * 24 - 1
            avant = decalage(bas)
            if not apres:
                apres.append(avant)
            if decalage(haut) == avant:
                continue
            while haut - bas > 1:
                milieu = (bas + haut) // 2
                bas, haut = (milieu, haut) if decalage(milieu) == avant else (bas, milieu)
            instants.append(haut * 3600)
            apres.append(decalage(haut))
    return tuple(instants), tuple(apres)


@computed_once(1)
def jours_civils() -> tuple[Entiers, Entiers]:
    """Return the month and the day of the month of each day of the table."""
    dates = np.arange(np.datetime64(PREMIER_JOUR), np.datetime64(FIN_DES_JOURS))
    mois = dates.astype("datetime64[M]")
    return mois.astype(np.int64) % 12 + 1, (dates - mois).astype(np.int64) + 1


def interpolate(par_mois: tuple[int, ...]) -> Entiers:
    """Return a value per day, linear between the 15th of the months."""
    mois, jour = jours_civils()
    ecart = jour - 15
    valeurs = np.array(par_mois, np.int64)
    voisin = valeurs[np.where(ecart > 0, mois, mois - 2) % 12]
    par_jour: Entiers = (valeurs[mois - 1] * (30 - np.abs(ecart)) + voisin * np.abs(ecart)) // 30
    return par_jour


def _anomalie(jours: Entiers) -> Entiers:
    """Return the departure from the normal temperature, tenths of a degree."""
    *cles, cle = subkeys([_GRAINE_NATIONALE], len(_ANOMALIES) + 1)[:, 0].tolist()
    # One fortnight in five of a winter is one of cold, which lasts a week.
    periodes, reste = jours // 14, jours % 14
    tirages = draws(cle, periodes)
    creux = np.maximum(7 - np.abs(reste - 6), 0) * (tirages % 5 == 0)
    hiver = np.isin(jours_civils()[0], (12, 1, 2))
    vague = creux * hiver * (40 + (tirages >> 8) % 50) // 7
    anomalie: Entiers = slow_noises(cles, jours, _ANOMALIES) - vague
    return anomalie


def _couleurs(semaine: Entiers, chome: Entiers, temperature: Entiers) -> Entiers:
    """Return the colour of each day: the coldest are red, the next coldest white.

    Red only on working days from Monday to Friday, November to March; never white on Sunday.
    """
    mois, jour = jours_civils()
    couleur = np.zeros_like(mois)
    saisons = np.cumsum((mois == 9) & (jour == 1))
    for saison in range(int(saisons[-1]) + 1):
        jours = np.flatnonzero(saisons == saison)
        jours = jours[np.argsort(temperature[jours], kind="stable")]
        hiver = np.isin(mois[jours], (11, 12, 1, 2, 3))
        rouges = jours[hiver & (semaine[jours] < 5) & (chome[jours] == 0)][:ROUGES_PAR_SAISON]
        couleur[rouges] = 2
        blancs = jours[(couleur[jours] == 0) & (semaine[jours] != 6)][:BLANCS_PAR_SAISON]
        couleur[blancs] = 1
    return couleur
