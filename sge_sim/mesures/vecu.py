"""The life of an installation: what its uses take each day, within its power.

The same columns serve the days of one point and one day of many points.
"""

from collections.abc import Sequence

import numpy as np

from sge_sim.mesures.alea import Cles, draws
from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.climat import MOIS, TOUJOURS, TOUJOURS_ABSENT, TYPES, climat
from sge_sim.mesures.formes import BITS, UNITE, Banque, gigues
from sge_sim.mesures.hasard import FRACTION, UN, bruits
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.tableaux import Entiers, EntiersCourts, Masque, Octets
from sge_sim.mesures.usages import USAGES_PAR_TIRAGE, Installation

_AUCUN = np.zeros(0, np.int64)
ENCORE = 1 << 20
"""Added to the number of a day to draw the second of two hours that legal time has twice."""
_DEPASSEMENT = 116
"""Largest power of a large consumer, per cent of the subscribed (assumed)."""
_PAR_KVA = 480
"""Wh of a half-hour for each kVA subscribed: a small consumer sees to it that no breaker trips
(assumed)."""
_MARGE = 58
"""Per cent of its power by which a point that is cut may stay below it."""
_QUINZE_BITS = 15
"""Of a draw, which say by how much."""
_TROIS_TIRAGES = np.array([[18], [33], [48]])
"""Where three of them begin."""


def draw_days(
    inst: Installation,
    cles: Cles,
    i0: int,
    i1: int,
    formes: Banque,
    doubles: Sequence[int] = (),
    niveaux: tuple[Entiers, Entiers] | None = None,
) -> tuple[Entiers, Entiers, Entiers]:
    """Return the energies and the rows of the uses on the days [i0, i1), then on those of these
    numbers as their second hour has them, shapes (uses, n), and what is left of the draws, (n,).
    `niveaux`: where the level of the point stands, and the rank in them of each day."""
    table, cal = climat(), calendrier()
    rangs, n = np.arange(i1 - i0 + len(doubles)), i1 - i0
    rangs[n:] = seconds = np.array(doubles, np.int64) - i0
    jours = cal.compteurs[0, i0:i1].take(rangs)
    # In autumn the same day, but for chance.
    jours[n:] += ENCORE * (cal.heures[i0 + seconds] > 24)
    types = table.types[inst.types, i0:i1].take(rangs)
    if inst.debuts:
        types += TYPES * np.searchsorted(inst.debuts, i0 + rangs, side="right")
    mots = draws(cles[1 : 1 + inst.tirages], jours)
    absents = _AUCUN
    if inst.presence != TOUJOURS:
        chances = table.absences[:, inst.types % MOIS, inst.presence, i0:i1]
        semaine = draw_weeks(cles[:1], i0, i1)
        vides = find_empty_days(semaine, chances, table.parties[i0:i1])
        absents = vides.take(rangs).nonzero()[0]
    lignes = inst.lignes.take(types, axis=1)
    if inst.ciel is not None:
        lignes += inst.par_ciel * table.ciels[inst.ciel, i0:i1].take(rangs)
    energies = inst.energies
    if niveaux is not None:
        par_trimestre, trimestres = niveaux
        types += energies.shape[1] * trimestres.take(rangs)
        energies = energies[:, None] * par_trimestre[:, None] >> FRACTION
        energies = energies.reshape(len(energies), -1)
    facteurs = table.facteurs[inst.facteurs, i0:i1]
    if len(seconds):
        facteurs = np.concatenate([facteurs, facteurs[:, seconds]], axis=1)
    energies = energies.take(types, axis=1)
    return apply_draws(inst, energies, lignes, facteurs, mots, absents, formes)


def draw_weeks(cles: Cles, i0: int, i1: int) -> Entiers:
    """Return the draw of the week of each day."""
    numeros = calendrier().compteurs[1, i0:i1]
    premiere = int(numeros[0])
    tirages = draws(cles, np.arange(premiere, int(numeros[-1]) + 1))
    par_jour: Entiers = tirages[0].take(numeros - premiere)
    return par_jour


def find_empty_days(semaine: Entiers, chances: EntiersCourts, parties: Octets) -> Masque:
    """Tell on which days nobody is there. `semaine`: what their weeks drew;
    `chances` and `parties`: what `Climat.absences` and `Climat.parties` say of them."""
    vides, en_partie = chances
    absents: Masque = (semaine & TOUJOURS_ABSENT - 1) < vides
    absents |= (semaine >> parties & TOUJOURS_ABSENT - 1) < en_partie
    return absents


def apply_draws(
    inst: Installation,
    energies: Entiers,
    lignes: Entiers,
    facteurs: EntiersCourts | Entiers,
    mots: Entiers,
    absents: Entiers,
    formes: Banque,
) -> tuple[Entiers, Entiers, Entiers]:
    """Return what the draws make of energies and rows, which are changed in place.

    The columns of `inst` have one entry per column here, or one for all of them.
    """
    rangs_bruit, rangs_ligne = split_draws(mots, len(energies))
    if inst.blocs.any():
        # What is held is as long as its energy says.
        np.copyto(rangs_ligne, rangs_bruit, where=inst.blocs)
    energies *= facteurs
    energies >>= FRACTION
    rangs_bruit += inst.bruits
    energies *= bruits().take(rangs_bruit, mode="clip")
    energies >>= FRACTION
    rangs_ligne += inst.gigues
    lignes += gigues(1440 // formes.pas)[0].take(rangs_ligne, mode="clip")
    if len(absents):
        reste = inst.absences if inst.absences.shape[1] == 1 else inst.absences[:, absents]
        energies[:, absents] = energies.take(absents, axis=1) * reste >> FRACTION
    return energies, lignes, mots[0]


def split_draws(mots: Entiers, usages: int) -> tuple[Entiers, Entiers]:
    """Return the two bytes that each use has of the draws of a day, shapes (uses, n): four uses
    share a draw."""
    # A number has 63 bits: the first byte is even.
    lus = (mots << 1).astype("<i8", copy=False).view(np.uint8)
    par_usage = np.empty((2, usages, mots.shape[1]), np.int64)
    for rang, mot in enumerate(lus.reshape(*mots.shape, USAGES_PAR_TIRAGE, 2)):
        ici = par_usage[:, USAGES_PAR_TIRAGE * rang :][:, :USAGES_PAR_TIRAGE]
        ici[:] = mot.T[:, : ici.shape[1]]
    bruits_lus, lignes_lues = par_usage
    return bruits_lus, lignes_lues


def limit_power(
    point: PointMesure,
    energies: Entiers,
    lignes: Entiers,
    retards: Entiers,
    hasard: Entiers,
    puissance: int | Entiers,
    formes: Banque,
) -> None:
    """Keep each step within the subscribed power (kVA or kW): change energies and rows in place.

    A step is within it where its uses, each at its most in that part of the day, are together. Of
    several points, `point` is any, `puissance` has one entry for each, and `retards` one column.
    What can wait comes later: a car, then water, then a machine. Where that isn't enough, the
    breaker ends what is too much (assumed); a plant loses what exceeds its power, and a large
    meter records overruns, but not far above.
    """
    par_pas = puissance
    if point.petit:
        par_pas = (500 if point.injection else _PAR_KVA) * puissance
    elif not point.injection:
        par_pas = par_pas * _DEPASSEMENT // 100
    maximum = (par_pas << BITS) - UNITE
    most = np.einsum("kn,kn->n", energies, formes.pointes.take(lignes))
    trop = (most > maximum).nonzero()[0]
    if not len(trop):
        return
    maximum = maximum + np.zeros_like(hasard)
    trop, pointes = _find_excess(energies, lignes, trop, maximum, formes)
    if not point.injection:
        for usage in np.flatnonzero(retards.any(axis=1))[::-1].tolist():
            if not len(trop):
                break
            lignes[usage, trop] += retards[usage, trop if retards.shape[1] > 1 else 0]
            trop, pointes = _find_excess(energies, lignes, trop, maximum, formes)
    if len(trop):
        # Not to the same power each time.
        marge = 0 if point.injection else _MARGE
        # Seldom near it: the largest of three draws.
        tires = hasard[trop] >> _TROIS_TIRAGES & (1 << _QUINZE_BITS) - 1
        en_moins = (maximum[trop] >> _QUINZE_BITS) * tires.max(axis=0)
        visee = maximum[trop] - en_moins * marge // 100
        part = (visee >> FRACTION) * UN // ((pointes >> FRACTION) + 1)
        energies[:, trop] = energies.take(trop, axis=1) * np.minimum(part, UN) >> FRACTION


def _find_excess(
    energies: Entiers, lignes: Entiers, trop: Entiers, maximum: Entiers, formes: Banque
) -> tuple[Entiers, Entiers]:
    """Return which of these columns have a step that may be beyond their maximum, and what their
    largest step is at most: what their uses are at most in a part of the day, added."""
    if not len(trop):
        return trop, trop
    ici, la = energies.take(trop, axis=1), lignes.take(trop, axis=1)
    pointes = np.einsum("kn,pkn->pn", ici, formes.pointes_de_partie.take(la, axis=1)).max(axis=0)
    trop_encore = pointes > maximum[trop]
    return trop[trop_encore], pointes[trop_encore]
