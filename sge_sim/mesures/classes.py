"""Time classes: at which minutes a day changes class, and which register counts each part.

A day is cut the same way under the same off-peak ranges; what its parts are called, hence their
registers, follows the season, the weekday or the colour of the day.
"""

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.calendrier import calendrier
from sge_sim.mesures.point import Plages, Structure
from sge_sim.mesures.tableaux import Entiers

_HP, _HC, _HC_DE_LA_VEILLE, _PTE = range(4)
_POINTES: Plages = ((9 * 60, 11 * 60), (18 * 60, 20 * 60))
"""Peak hours of HTA, from December to February, Sundays excepted (assumed)."""
_SIX_CADRANS: Plages = ((22 * 60, 6 * 60),)
"""Off-peak hours of the six-class calendar, whatever the point's (assumed)."""


@computed_once(2048)
def decoupage(structure: Structure, plages: Plages) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the minutes at which a day changes class, and the nature of each part."""
    if structure is Structure.BASE:
        return (), (_HP,)
    if structure is Structure.SIX_CADRANS:
        plages = _SIX_CADRANS
    creuses = np.zeros(1440, np.int64)
    for debut, fin in plages:
        minutes = np.arange(debut, fin if fin > debut else fin + 1440) % 1440
        creuses[minutes] = _HC
    if structure is Structure.SIX_CADRANS:
        # Its day goes from 6h to 6h: the small hours have the colour of the day before.
        creuses[: 6 * 60] = _HC_DE_LA_VEILLE
    if structure is Structure.POINTE:
        for debut, fin in _POINTES:
            creuses[debut:fin] = _PTE
    bornes = np.flatnonzero(creuses[1:] != creuses[:-1]) + 1
    return tuple(bornes.tolist()), tuple(creuses[[0, *bornes.tolist()]].tolist())


@computed_once(len(Structure))
def cadrans_des_jours(structure: Structure) -> Entiers:
    """Return the register of each nature of time on each day: shape (4, days)."""
    table = calendrier()
    haute = table.saison_haute
    un = np.ones(len(haute), np.int64)
    cadrans: tuple[Entiers, ...] = (un,) * 4
    if structure is Structure.SIX_CADRANS:
        hc = 1 + 2 * table.couleur
        veille = np.concatenate([hc[:1], hc[:-1]])
        cadrans = (hc + 1, hc, veille, hc + 1)
    elif structure is Structure.HP_HC:
        cadrans = (2 * un, un, un, 2 * un)
    elif structure is not Structure.BASE:
        hp, hc = 2 + 2 * haute, 1 + 2 * haute
        pointe = hp
        if structure is Structure.POINTE:
            # Sundays are off-peak all day (assumed).
            dimanche = table.jour_semaine == 6
            hp = np.where(dimanche, hc, hp)
            pointe = np.where(np.isin(table.mois, (12, 1, 2)) & ~dimanche, 5, hp)
        cadrans = (hp, hc, hc, pointe)
    tous = np.stack(cadrans)
    tous.setflags(write=False)
    return tous


def sum_by_cadran(
    structure: Structure, natures: tuple[int, ...], premier: int, spent: Entiers
) -> Entiers:
    """Return what each register counts over the days from `premier` on, from register 1 on.

    `spent`, shape (parts, n): what is spent since midnight at the end of each part of each day, of
    these natures.
    """
    debuts, rangs, nombre = _tranches(structure, natures, premier, premier + spent.shape[1])
    sommes = np.add.reduceat(spent, debuts, axis=1)
    sommes[1:] -= sommes[:-1].copy()
    comptes = np.zeros(nombre, np.int64)
    np.add.at(comptes, rangs, sommes)
    return comptes


@computed_once(64)
def _tranches(
    structure: Structure, natures: tuple[int, ...], premier: int, fin: int
) -> tuple[Entiers, Entiers, int]:
    """Return from which of the days [premier, fin) the registers of some natures aren't those of
    the day before, the first included, the ranks of these registers: shape (natures, days), and
    how many registers there are up to the last of these.

    They stay the same for months, so that most of the days are only added.
    """
    cadrans = cadrans_des_jours(structure)[:, premier:fin].take(natures, axis=0)
    differents = (cadrans[:, 1:] != cadrans[:, :-1]).any(axis=0)
    debuts = np.concatenate([[0], np.flatnonzero(differents) + 1])
    rangs = cadrans[:, debuts] - 1
    return debuts, rangs, int(rangs.max()) + 1
