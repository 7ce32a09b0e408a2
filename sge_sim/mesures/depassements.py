"""What a large meter counts beside energies: overruns, maximum power, running time.

All start again from zero at each monthly reading, so that a daily reading tells the month so far
and the monthly frozen one the month that ends (observed for TF: 25 days of 16 hours in HPH, zero in
the classes out of season; taken over for the others). All are kept by time class of the
distributor's grid.

A C4 counts how long it overruns by the minute, and is billed by the hour: an hour begun is an hour
(FAQ; a minute overruns where its mean power does, whole or not, and each class has its hours:
assumed).

The rest is assumed: documents name the quantities and their units, and say nothing of how they
are counted. Overruns and maximum are those of the 10-minute steps of `courbe_10_minutes`, lost or
not, by class at the legal minute at which a step starts; a step counts once it has ended. The
power that is overrun is that of the day, the same for all classes: installations are sized within
it, so a point overruns only once its power was reduced. What was spent before the last mise en
service, or under the meter before, doesn't count.

PMA is in VA, or in W where the subscribed power is in kW (assumed: files and answers have both,
by point).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np

from sge_sim.clock import PREMIER_JOUR
from sge_sim.mesures.calendrier import calendrier, jour_de, numero, numero_borne
from sge_sim.mesures.classes import cadrans_des_jours, decoupage
from sge_sim.mesures.consommations import (
    MINUTE_DU_RELEVE,
    Consommation,
    Consommations,
    SerieConsommations,
    cycliques,
    minute_du_releve,
)
from sge_sim.mesures.courbes import Bloc, blocs_10_minutes
from sge_sim.mesures.entrees_datees import find_coupes_between, find_puissance, plages_de
from sge_sim.mesures.formes import BITS
from sge_sim.mesures.index import CADRANS_DISTRIBUTEUR, Index
from sge_sim.mesures.journees import journees
from sge_sim.mesures.jours import DEBUT_CHANGEMENT, FIN_CHANGEMENT
from sge_sim.mesures.point import Grandeur, PointMesure, Structure, en_vigueur
from sge_sim.mesures.tableaux import Entiers

_PAS = 600
"""Seconds of a step."""
_PAR_MINUTE = "C4"
_CADRANS = np.arange(CADRANS_DISTRIBUTEUR)[:, None]


class GrandeurFacturee(StrEnum):
    """A quantity that is billed on, or looked at by a tariff, beside energies."""

    DD = "DD"
    """Time beyond the subscribed power in the month, s: whole minutes of a C4, else steps."""
    DE = "DE"
    """Energy beyond the subscribed power in the month, Wh."""
    DQ = "DQ"
    """Quadratic overrun of the month, W: the root of the sum of squares of the excess."""
    PMA = "PMA"
    """Largest power of the month: apparent, VA, or active, W (`PointMesure.pma_en_watts`)."""
    TF = "TF"
    """Running time in the month, s."""


Registres = dict[GrandeurFacturee, Entiers]


@dataclass(frozen=True)
class Etapes:
    """Consecutive 10-minute steps; all arrays have one entry per step.

    `cadrans`: the register that counts it, from 0; `actives`: mean active power, W; `reactives`:
    mean reactive power, inductive less capacitive, VAr; `souscrites`: subscribed power, W.
    """

    cadrans: Entiers
    actives: Entiers
    reactives: Entiers
    souscrites: Entiers

    def registres(self, nombres: Entiers, *, pma_en_watts: bool = False) -> Registres:
        """Return the registers of a month that starts with the first step, after so many steps.

        `nombres`: shape (n,), any order; each register: shape (5, n), D1 first, all but TF. PMA
        is in whole kVA or kW (in VA or W), DE and DQ in whole Wh and W, all rounded down.
        """
        ici = self.cadrans == _CADRANS
        exces = np.maximum(self.actives - self.souscrites, 0)
        apparentes = _racine(self.actives**2 + self.reactives**2)
        maximales = (self.actives if pma_en_watts else apparentes) // 1000
        maxima = np.zeros((CADRANS_DISTRIBUTEUR, len(self.cadrans) + 1), np.int64)
        np.maximum.accumulate(ici * maximales, axis=1, out=maxima[:, 1:])
        return {
            GrandeurFacturee.DD: _PAS * _cumul(ici & (exces > 0))[:, nombres],
            GrandeurFacturee.DE: _cumul(ici * exces)[:, nombres] * _PAS // 3600,
            GrandeurFacturee.DQ: _racine(_cumul(ici * exces**2)[:, nombres]),
            GrandeurFacturee.PMA: 1000 * maxima[:, nombres],
        }


def grandeurs_facturees(point: PointMesure) -> tuple[GrandeurFacturee, ...]:
    """Return what the meter of a point counts beside energies: nothing for C5 and P4.

    P1-P3 have PMA and TF alone: a plant has no subscribed power to overrun (assumed).
    """
    if point.petit:
        return ()
    if point.injection:
        return GrandeurFacturee.PMA, GrandeurFacturee.TF
    return tuple(GrandeurFacturee)


def registres_factures(
    point: PointMesure,
    releves: Index,
    grandeurs: Collection[GrandeurFacturee] = tuple(GrandeurFacturee),
) -> Registres:
    """Return the registers of the distributor's grid at the readings of an index.

    Those of `grandeurs` that the meter counts, in the order of `GrandeurFacturee`; each has shape
    (5, n), D1 first. Instants, offsets and lost readings are those of `releves`, whatever energy
    it counts. Units: s (DD, TF), Wh (DE), W (DQ), VA or W (PMA).
    """
    demandees = [g for g in grandeurs_facturees(point) if g in grandeurs]
    if not len(releves.horodates):
        return {g: np.zeros((CADRANS_DISTRIBUTEUR, 0), np.int64) for g in demandees}
    registres: Registres = {}
    if demandees and demandees != [GrandeurFacturee.TF]:
        registres |= _du_mois(point, releves.horodates)
    if GrandeurFacturee.DD in demandees and point.segment == _PAR_MINUTE:
        registres[GrandeurFacturee.DD] = _par_minute(point, releves.horodates)
    if GrandeurFacturee.TF in demandees:
        registres[GrandeurFacturee.TF] = _temps(point, releves.horodates)
    return {grandeur: registres[grandeur] for grandeur in demandees}


def _du_mois(point: PointMesure, horodates: Entiers) -> Registres:
    """Return the registers of steps, all but TF, at these instants (ascending)."""
    debuts = _debuts(point, horodates)
    etapes = _etapes(point, *_days(debuts, horodates))
    parts = []
    for du_mois, nombres in _months(debuts, horodates, _PAS):
        mois = Etapes(*(tableau[du_mois] for tableau in vars(etapes).values()))
        parts.append(mois.registres(nombres, pma_en_watts=point.pma_en_watts))
    return {g: np.concatenate([part[g] for part in parts], axis=1) for g in parts[0]}


def _par_minute(point: PointMesure, horodates: Entiers) -> Entiers:
    """Return DD at these instants (ascending), counted by the minute: shape (5, n)."""
    debuts = _debuts(point, horodates)
    minutes = _minutes(point, *_days(debuts, horodates))
    parts = [
        60 * _cumul(minutes[du_mois] == _CADRANS)[:, nombres]
        for du_mois, nombres in _months(debuts, horodates, 60)
    ]
    return np.concatenate(parts, axis=1)


def _minutes(point: PointMesure, i0: int, i1: int) -> Entiers:
    """Return the register, from 0, of each minute of the days [i0, i1) that overran, -1 of the
    others."""
    found = []
    for j in journees(point, i0, i1, par_duree=True):
        # One kilowatt over a step of a large meter is a unit.
        trop = np.diff(j.pas_a_pas(), axis=1) > find_puissance(point, jour_de(j.premier)) << BITS
        trop = np.repeat(trop, j.banque.pas, axis=1)
        cadrans = _cadrans(point, j.premier, j.premier + j.nombre, 1)
        found.append(np.where(trop, cadrans, -1).ravel())
    return np.concatenate(found)


def heures_depassees(
    point: PointMesure, facturees: Consommations
) -> tuple[SerieConsommations, ...]:
    """Return the hours that a C4 is billed for having overrun its power, in the periods of its
    consumptions by the distributor's grid; nothing of the others.

    What was begun is whole: of each class, and since the monthly reading.
    """
    rows = {row for serie in facturees.distributeur for row in serie.consommations}
    if point.segment != _PAR_MINUTE or not rows:
        return ()
    jours = sorted({jour for row in rows for jour in (row.debut, row.fin)})
    horodates = np.array(
        [calendrier().minuits[numero(jour)] + 60 * minute_du_releve(point, jour) for jour in jours]
    )
    heures = -(-_par_minute(point, horodates) // 3600)
    debuts = _debuts(point, horodates)

    def billed(row: Consommation, cadran: int) -> Consommation:
        a, b = jours.index(row.debut), jours.index(row.fin)
        before = 0 if debuts[b] >= horodates[a] else heures[cadran, a]
        return replace(row, valeur=int(heures[cadran, b] - before), rectifiee=None)

    cadrans = {
        (grille.calendrier, classe): cadran - 1
        for grille in point.grille_distributeur
        for classe, cadran in grille.structure.classes
    }
    return tuple(
        replace(
            serie,
            consommations=tuple(
                billed(row, cadrans[serie.calendrier, serie.classe]) for row in serie.consommations
            ),
        )
        for serie in facturees.distributeur
    )


def _days(debuts: Entiers, horodates: Entiers) -> tuple[int, int]:
    """Return the days of registers that started then and are read at these instants."""
    return int(_jours(debuts[:1])[0]), int(_jours(horodates[-1:])[0]) + 1


def _months(debuts: Entiers, horodates: Entiers, pas: int) -> Iterator[tuple[slice, Entiers]]:
    """Yield the steps of each month whose registers started together, until they are last read, and
    how many have ended at each of its readings; steps are counted from the first day, in s."""
    origine = calendrier().minuits[_jours(debuts[:1])]
    premiers, fins = (debuts - origine) // pas, (horodates - origine) // pas
    for a, b in pairwise([0, *(np.flatnonzero(np.diff(debuts)) + 1).tolist(), len(debuts)]):
        yield slice(premiers[a], fins[b - 1]), fins[a:b] - premiers[a]


def _debuts(point: PointMesure, horodates: Entiers) -> Entiers:
    """Return when the registers read at these instants were at zero: at the monthly reading
    before, unless the meter was installed or the point commissioned since."""
    minuits = calendrier().minuits
    premier, dernier = map(jour_de, _jours(horodates[[0, -1]]).tolist())
    mois = [
        numero(jour)
        for jour in cycliques(point, premier - timedelta(31), dernier)
        if jour >= PREMIER_JOUR
    ]
    # A first entry before all of them.
    releves = np.concatenate([[0], minuits[mois] + 60 * MINUTE_DU_RELEVE])
    jours = {point.mise_en_service, *(compteur.pose for compteur in point.compteurs)}
    ruptures = minuits[sorted(map(numero_borne, jours))]
    # The monthly reading itself tells the month that it ends.
    debuts: Entiers = releves[np.searchsorted(releves, horodates) - 1]
    return np.maximum(debuts, ruptures[np.searchsorted(ruptures, horodates, side="right") - 1])


def _etapes(point: PointMesure, i0: int, i1: int) -> Etapes:
    """Return the steps of the days [i0, i1)."""
    actives, inductives, capacitives = (
        list(blocs_10_minutes(point, i0, i1, grandeur))
        for grandeur in (Grandeur.PA, Grandeur.PRI, Grandeur.PRC)
    )
    return Etapes(
        cadrans=np.concatenate([_cadrans(point, *bloc[:3]).ravel() for bloc in actives]),
        actives=_valeurs(actives),
        reactives=_valeurs(inductives) - _valeurs(capacitives),
        souscrites=np.concatenate(
            [
                np.full(bloc.valeurs.size, 1000 * find_puissance(point, jour_de(bloc.premier)))
                for bloc in actives
            ]
        ),
    )


def _valeurs(blocs: list[Bloc]) -> Entiers:
    return np.concatenate([bloc.valeurs.ravel() for bloc in blocs])


def _cadrans(point: PointMesure, premier: int, fin: int, pas: int) -> Entiers:
    """Return the register of each step of the days [premier, fin), from 0: shape (days, steps)."""
    bornes, cadrans = _parties(point, premier, fin)
    minutes = np.arange(0, 1440, pas)
    heures = calendrier().heures[premier]
    if heures == 23:
        minutes = minutes[(minutes < DEBUT_CHANGEMENT) | (minutes >= FIN_CHANGEMENT)]
    elif heures == 25:
        twice = np.searchsorted(minutes, FIN_CHANGEMENT)
        minutes = np.concatenate([minutes[:twice], minutes[minutes >= DEBUT_CHANGEMENT]])
    return cadrans[np.searchsorted(bornes, minutes, side="right")].T


def _parties(point: PointMesure, i0: int, i1: int) -> tuple[tuple[int, ...], Entiers]:
    """Return the minutes at which days under the same grid change class, and the register of each
    part, from 0: shape (parts, days)."""
    jour = jour_de(i0)
    grille = en_vigueur(point.grille_distributeur, jour)
    if grille is None or grille.structure is Structure.BASE:
        return (), np.zeros((1, i1 - i0), np.int64)
    bornes, natures = decoupage(grille.structure, plages_de(point, jour))
    return bornes, cadrans_des_jours(grille.structure)[list(natures), i0:i1] - 1


def _temps(point: PointMesure, horodates: Entiers) -> Entiers:
    """Return the running time of each class in the month at these instants (ascending), s: shape
    (5, n)."""
    debuts = _debuts(point, horodates)
    i0 = int(_jours(debuts[:1])[0])
    return _sum_elapsed(point, i0, horodates) - _sum_elapsed(point, i0, debuts)


def _sum_elapsed(point: PointMesure, i0: int, horodates: Entiers) -> Entiers:
    """Return what each class has lasted since the day `i0` at these instants (ascending, one a
    day), s: shape (5, n)."""
    table = calendrier()
    jours = _jours(horodates)
    fin = int(jours[-1]) + 1
    entiers = _cumul(_secondes(point, i0, fin, 3600 * table.heures[i0:fin]))
    jusque = np.zeros(fin - i0, np.int64)
    jusque[jours - i0] = horodates - table.minuits[jours]
    return (entiers[:, :-1] + _secondes(point, i0, fin, jusque))[:, jours - i0]


def _secondes(point: PointMesure, i0: int, i1: int, jusque: Entiers) -> Entiers:
    """Return what each class lasts of the first `jusque` seconds of each day: shape (5, days)."""
    secondes = np.zeros((CADRANS_DISTRIBUTEUR, i1 - i0), np.int64)
    for a, b in pairwise([i0, *find_coupes_between(point, i0, i1), i1]):
        bornes, cadrans = _parties(point, a, b)
        changements = calendrier().heures[a:b] - 24
        jours = np.arange(a - i0, b - i0)
        avant = np.zeros(b - a, np.int64)
        for minute, cadran in zip((*bornes, 1440), cadrans, strict=True):
            ajoutees = np.clip(minute, DEBUT_CHANGEMENT, FIN_CHANGEMENT) - DEBUT_CHANGEMENT
            ecoule = np.minimum(60 * (minute + changements * ajoutees), jusque[a - i0 : b - i0])
            secondes[cadran, jours] += ecoule - avant
            avant = ecoule
    return secondes


def _jours(horodates: Entiers) -> Entiers:
    """Return the number of the legal day of each instant."""
    return np.searchsorted(calendrier().minuits, horodates, side="right") - 1


def _cumul(valeurs: Entiers) -> Entiers:
    """Return the sums of the first 0, 1, ... columns."""
    sommes = np.zeros((len(valeurs), valeurs.shape[1] + 1), np.int64)
    np.cumsum(valeurs, axis=1, out=sommes[:, 1:])
    return sommes


def _racine(carres: Entiers) -> Entiers:
    """Return integer square roots, rounded down."""
    racines = np.sqrt(carres).astype(np.int64)
    racines -= racines**2 > carres
    racines += (racines + 1) ** 2 <= carres
    return racines
