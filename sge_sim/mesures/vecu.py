"""The life of an installation: what its uses take each day, within its power.

The same columns serve the days of one point and one day of many points.
"""

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import UN_BIT, Cles, draws_at, strides
from sge_sim.mesures.calendrier import calendrier, find_changements
from sge_sim.mesures.climat import MOIS, TOUJOURS, TOUJOURS_ABSENT, TYPES, climat
from sge_sim.mesures.formes import BITS, UNITE, Banque, gigues
from sge_sim.mesures.hasard import FRACTION, UN, bruits
from sge_sim.mesures.installations import TIRAGES_D_UN_JOUR
from sge_sim.mesures.point import PointMesure
from sge_sim.mesures.tableaux import AUCUN, Entiers, EntiersCourts, Masque, Octets
from sge_sim.mesures.usages import USAGES_PAR_TIRAGE, Installation

ENCORE = 1 << 20
"""Added to the number of a day to draw the second of two hours that legal time has twice."""
_MARGE = 40
"""Per cent of its power by which a point that is cut may stay below it."""
_QUINZE_BITS = 15
"""Of a draw, which say by how much."""
_TROIS_TIRAGES = np.array([[19], [34], [49]])
"""Where three of them begin."""


@computed_once(16)
def _count_days(i0: int, i1: int) -> tuple[Entiers, Cles]:
    """Return the rank of each of the days [i0, i1), then of those of 23 or 25 hours as their second
    hour has them; the strides of their weeks, then of the numbers that all are drawn by, as often
    as a day draws."""
    table, seconds = calendrier(), np.array(find_changements(i0, i1), np.int64) - i0
    rangs = np.concatenate([np.arange(i1 - i0), seconds])
    jours, semaines = table.compteurs[:, i0:i1].take(rangs, axis=1)
    # In autumn the same day, but for chance.
    jours[i1 - i0 :] += ENCORE * (table.heures[i0 + seconds] > 24)
    return rangs, strides(np.stack([semaines, *[jours] * TIRAGES_D_UN_JOUR]))


def draw_days(
    inst: Installation,
    cles: Cles,
    i0: int,
    i1: int,
    formes: Banque,
    niveaux: Entiers | None = None,
) -> tuple[Entiers, Entiers, Entiers]:
    """Return the energies and the rows of the uses on the days [i0, i1), then on those of 23 or 25
    hours as their second hour has them, shapes (uses, n), and what is left of the draws, (n,).
    `niveaux`: where the level of the point stands on each day."""
    rangs, jours = _count_days(i0, i1)
    table = climat()
    types = table.types[inst.types, i0:i1].take(rangs)
    for debut in inst.debuts:
        types += TYPES * (rangs >= debut - i0)
    lignes = inst.lignes.take(types, axis=1)
    if inst.ciel is not None:
        lignes += inst.par_ciel * table.ciels[inst.ciel, i0:i1].take(rangs)
    energies = inst.energies.take(types, axis=1)
    if niveaux is not None:
        energies *= niveaux.take(rangs)
        energies >>= FRACTION
    energies *= table.facteurs[inst.facteurs, i0:i1].take(rangs, axis=1)
    absents, toujours = AUCUN, inst.presence == TOUJOURS
    tires = slice(toujours, 1 + inst.tirages)
    mots = draws_at(cles[tires], jours[tires])
    if not toujours:
        chances = table.absences[:, inst.types % MOIS, inst.presence, i0:i1]
        vides = find_empty_days(mots[0, : i1 - i0], chances, table.parties[i0:i1])
        absents, mots = vides.take(rangs).nonzero()[0], mots[1:]
    return apply_draws(inst, energies, lignes, mots, absents, formes)


def find_empty_days(mots: Cles, chances: EntiersCourts, parties: Octets) -> Masque:
    """Tell on which days nobody is there. `mots`: what their weeks drew; `chances` and `parties`:
    what `Climat.absences` and `Climat.parties` say of them."""
    vides, en_partie = chances
    semaine = (mots >> UN_BIT).view(np.int64)
    absents: Masque = (semaine & TOUJOURS_ABSENT - 1) < vides
    absents |= (semaine >> parties & TOUJOURS_ABSENT - 1) < en_partie
    return absents


def apply_draws(
    inst: Installation,
    energies: Entiers,
    lignes: Entiers,
    mots: Cles,
    absents: Entiers,
    formes: Banque,
) -> tuple[Entiers, Entiers, Entiers]:
    """Return what the draws make of energies, times what the weather makes of each, over `UN`, and
    of rows; both are changed in place.

    The columns of `inst` have one entry per column here, or one for all of them.
    """
    # Four uses share a number, two bytes for each.
    lus = mots.astype("<u8", copy=False).view("<u2")
    rangs_bruit = np.empty(energies.shape, np.int64)
    for rang, mot in enumerate(lus.reshape(*mots.shape, USAGES_PAR_TIRAGE)):
        ici = rangs_bruit[USAGES_PAR_TIRAGE * rang :][:USAGES_PAR_TIRAGE]
        ici[:] = mot.T[: len(ici)]
    rangs_bruit, rangs_ligne = rangs_bruit & 255, rangs_bruit >> 8
    # What is held is as long as its energy says.
    tenues = inst.blocs if inst.blocs.shape[1] > 1 else inst.blocs[:, 0]
    rangs_ligne[tenues] = rangs_bruit[tenues]
    rangs_bruit += inst.bruits
    energies *= bruits().take(rangs_bruit, mode="clip")
    energies >>= 2 * FRACTION
    rangs_ligne += inst.gigues
    lignes += gigues(1440 // formes.pas)[0].take(rangs_ligne, mode="clip")
    if len(absents):
        reste = inst.absences if inst.absences.shape[1] == 1 else inst.absences[:, absents]
        energies[:, absents] = energies.take(absents, axis=1) * reste >> FRACTION
    return energies, lignes, mots[0].view(np.int64)


def limit_power(
    point: PointMesure,
    energies: Entiers,
    lignes: Entiers,
    retards: Entiers,
    hasard: Entiers,
    par_pas: int | Entiers,
    formes: Banque,
) -> None:
    """Keep each step within what `find_largest_step` says: change energies and rows in place.

    A step is within it where its uses, each at its most in that part of the day, are together. Of
    several points, `point` is any, `par_pas` has one entry for each, and `retards` one column.
    What can wait comes later: a car, then water, then a machine. Where that isn't enough, the
    breaker ends what is too much (assumed); a plant loses what exceeds its power, and a large
    meter records overruns, but not far above.
    """
    maximum = (par_pas << BITS) - UNITE
    most = (formes.pointes.take(lignes, mode="clip") * energies).sum(axis=0)
    trop = (most > maximum).nonzero()[0]
    if not len(trop):
        return
    maximum = np.full(hasard.shape, maximum)
    parties, ici = formes.pointes_de_partie, energies.take(trop, axis=1)
    pointes = np.einsum("kn,knp->np", ici, parties.take(lignes.take(trop, axis=1), axis=0))
    trop, pointes = _keep_excess(trop, pointes, maximum)
    if not point.injection:
        for usage in np.flatnonzero(retards.any(axis=1))[::-1].tolist():
            if not len(trop):
                break
            avant = lignes[usage, trop]
            apres = avant + retards[usage, trop if retards.shape[1] > 1 else 0]
            lignes[usage, trop] = apres
            de_plus = parties.take(apres, axis=0) - parties.take(avant, axis=0)
            pointes += energies[usage, trop, None] * de_plus
            trop, pointes = _keep_excess(trop, pointes, maximum)
    if len(trop):
        # Not to the same power each time.
        marge = 0 if point.injection else _MARGE
        # Seldom near it: the largest of three draws.
        tires = hasard[trop] >> _TROIS_TIRAGES & (1 << _QUINZE_BITS) - 1
        en_moins = (maximum[trop] >> _QUINZE_BITS) * tires.max(axis=0)
        visee = maximum[trop] - en_moins * marge // 100
        part = (visee >> FRACTION) * UN // ((pointes.max(axis=1) >> FRACTION) + 1)
        energies[:, trop] = energies.take(trop, axis=1) * np.minimum(part, UN) >> FRACTION


def _keep_excess(trop: Entiers, pointes: Entiers, maximum: Entiers) -> tuple[Entiers, Entiers]:
    """Return which of these columns have a step that may be beyond their maximum, and what their
    uses are at most in each part of the day, added."""
    encore = pointes.max(axis=1) > maximum[trop]
    return trop[encore], pointes[encore]
