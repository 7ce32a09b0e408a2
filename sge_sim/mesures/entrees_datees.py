"""What the dated entries of a point say of a day: its life, its ranges, its power, its losses."""

from bisect import bisect_left, bisect_right
from datetime import date

import numpy as np

from sge_sim.clock import FIN_DES_JOURS
from sge_sim.domaine.plages import is_saison_haute
from sge_sim.machine.once import computed_once
from sge_sim.mesures.calendrier import calendrier, numero_borne
from sge_sim.mesures.evenements import find_poses
from sge_sim.mesures.foyers import find_logement
from sge_sim.mesures.point import (
    PLAGES_PAR_DEFAUT,
    POINTS_GARDES,
    Plages,
    PointMesure,
    ProfilConsommation,
    Structure,
    en_vigueur,
)
from sge_sim.mesures.tableaux import Masque

PASSAGE_5_MINUTES = date(2023, 3, 1)
"""First day of the 5-minute curves of C1-C4 and P1-P3, 10 minutes before (assumed: answers of
2022 have 10 minutes, those of April 2023 have 5)."""
_DEPASSEMENT = 116
"""Largest power of a large consumer, per cent of the subscribed (assumed)."""
_PAR_KVA = 480
"""Wh of a half-hour for each kVA subscribed: a small consumer sees to it that no breaker trips
(assumed)."""


def find_coupes_between(point: PointMesure, i0: int, i1: int) -> tuple[int, ...]:
    """Return the days strictly inside [i0, i1) on which something dated changes."""
    coupes = find_coupes(point)
    return coupes[bisect_right(coupes, i0) : bisect_left(coupes, i1)]


@computed_once(POINTS_GARDES)
def find_coupes(point: PointMesure) -> tuple[int, ...]:
    """Return the days on which something dated changes in the life of a point."""
    dates = [plages.depuis for plages in point.heures_creuses[1:]]
    dates += _changements_de_saison(point)
    dates += [puissance.depuis for puissance in point.puissances[1:]]
    dates += [grille.depuis for grille in (*point.grille_distributeur, *point.grille_fournisseur)]
    if not point.petit:
        dates.append(PASSAGE_5_MINUTES)
    bornes = {numero_borne(jour) for jour in dates}
    if point.donnees is not None:
        bornes |= point.donnees.bornes
    if point.couple is not None:
        bornes.update(find_coupes(point.couple))
    bornes.update(find_poses(point))
    return tuple(sorted(bornes))


def cut_to_measured(point: PointMesure, i0: int, i1: int) -> tuple[int, int]:
    """Return [i0, i1) cut to what the point may tell: since its last mise en service, with a
    meter that communicates, until it is terminated."""
    premier, dernier = vie(point)
    i0 = max(i0, premier)
    return i0, max(i0, min(i1, dernier))


@computed_once(POINTS_GARDES)
def vie(point: PointMesure) -> tuple[int, int]:
    """Return the first and last (excluded) days that the point may tell."""
    pose = next((c.pose for c in point.compteurs if c.communicant), FIN_DES_JOURS)
    fins = (point.resiliation, point.compteurs[-1].depose, FIN_DES_JOURS)
    return (
        numero_borne(max(point.mise_en_service, pose)),
        numero_borne(min(fin for fin in fins if fin is not None)),
    )


def jours_perdus(point: PointMesure, i0: int, i1: int) -> Masque:
    """Tell for each day of [i0, i1) whether a gap covers it whole."""
    minuits = calendrier().minuits
    perdus = np.zeros(i1 - i0, np.bool_)
    for trou in point.trous:
        premier = int(np.searchsorted(minuits, trou.debut.timestamp()))
        dernier = int(np.searchsorted(minuits, trou.fin.timestamp(), side="right")) - 1
        perdus[max(premier - i0, 0) : max(dernier - i0, 0)] = True
    return perdus


def index_perdus(point: PointMesure, i0: int, i1: int) -> Masque:
    """Tell for each midnight that starts a day of [i0, i1) whether its index was lost.

    The collection that failed for a day is that of the reading at its end; an index that was given
    is there all the same.
    """
    perdus = jours_perdus(point, i0 - 1, i1 - 1)
    if point.donnees is not None:
        for jours, lost in ((point.donnees.index, False), (point.donnees.index_perdus, True)):
            perdus[[jour - i0 for jour in jours if i0 <= jour < i1]] = lost
    return perdus


def plages_de(point: PointMesure, jour: date) -> Plages:
    """Return the off-peak ranges of a point on a day, those of its season; the first ones before
    their date.

    A night range that begins on the eve is cut at the midnight between two seasons (assumed).
    """
    entrees = point.heures_creuses
    if not entrees:
        return PLAGES_PAR_DEFAUT
    entree = (en_vigueur(entrees[1:], jour) if entrees[1:] else None) or entrees[0]
    if entree.saison_basse is None or is_saison_haute(jour):
        return entree.plages
    return entree.saison_basse


def _changements_de_saison(point: PointMesure) -> list[date]:
    """Return the days on which the meter changes its ranges by itself, where seasons differ."""
    entrees = point.heures_creuses
    fins = [*(entree.depuis for entree in entrees[1:]), FIN_DES_JOURS]
    return [
        jour
        for entree, fin in zip(entrees, fins, strict=False)
        if entree.saison_basse is not None
        for annee in range(entree.depuis.year, fin.year + 1)
        for jour in (date(annee, 4, 1), date(annee, 11, 1))
        if entree.depuis < jour < fin
    ]


def find_contact(point: PointMesure, jour: date) -> tuple[Plages, bool]:
    """Return the ranges in which the off-peak contact is closed on a day, and whether uses may wait
    for it: where the supplier's calendar has classes; the six-class one has hours of its own."""
    plages = plages_de(point, jour)
    if not point.grille_fournisseur:
        return plages, bool(point.heures_creuses)
    grille = en_vigueur(point.grille_fournisseur, jour) or point.grille_fournisseur[0]
    if grille.structure is Structure.SIX_CADRANS:
        return PLAGES_PAR_DEFAUT, True
    return plages, grille.structure is not Structure.BASE


def find_puissance(point: PointMesure, jour: date) -> int:
    """Return the power of a point on a day, kVA or kW; the first one before its date."""
    return (en_vigueur(point.puissances, jour) or point.puissances[0]).valeur


def find_largest_step(point: PointMesure, jour: date) -> int:
    """Return the most that a step of a point takes on a day, in the unit of its energies: what its
    seed says of what its dwelling may take (`logements.Logement.pointe`)."""
    puissance = find_puissance(point, jour)
    if point.injection:
        return 500 * puissance if point.petit else puissance
    if not point.petit:
        return puissance * _DEPASSEMENT // 100
    part = 6400
    if point.profil_effectif is ProfilConsommation.RESIDENTIEL:
        least, most = find_logement(puissance)[1].pointe
        part = min(64 * least + (most - least) * (point.graine & 63), part)
    return _PAR_KVA * puissance * part // 6400
