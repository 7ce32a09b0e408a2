"""The indexes that were given of a point: its registers go through them."""

from collections.abc import Callable, Sequence

import numpy as np

from sge_sim.mesures.calendrier import numero_borne
from sge_sim.mesures.jours_donnes import REGISTRES, TOTAL, MesuresDonnees
from sge_sim.mesures.point import CompteurPose
from sge_sim.mesures.tableaux import Entiers

_RANGS = {nom: rang for rang, nom in enumerate((*REGISTRES, TOTAL))}
_TOTAL = _RANGS[TOTAL]
_COTES = (slice(0, 10), slice(10, 15))


def through_given(
    donnees: MesuresDonnees,
    compteur: CompteurPose,
    i0: int,
    depuis: Entiers,
    sommes: Callable[[int], Entiers],
) -> None:
    """Have the registers of a meter, shape (16, n) from the day `i0` on, go through those given.

    `sommes` tells what they count until a day. Before the first index they are counted back from
    it, down to zero; a side that wasn't given has what is missing on its first register.
    """
    pose = numero_borne(compteur.pose)
    depose = None if compteur.depose is None else numero_borne(compteur.depose)
    index = {
        jour: registres
        for jour, registres in donnees.index.items()
        if pose <= jour and (depose is None or jour < depose)
    }
    for nom, rang in _RANGS.items():
        jours = sorted(jour for jour, registres in index.items() if nom in registres)
        if jours:
            _shift(depuis[rang], i0, jours, [index[jour][nom] for jour in jours], rang, sommes)
    if index:
        given = set().union(*index.values())
        for cote, letter in zip(_COTES, "FD", strict=True):
            if not any(nom.startswith(letter) for nom in given):
                others = depuis[cote][1:].sum(axis=0)
                depuis[cote.start] = np.maximum(depuis[_TOTAL] - others, 0)
        np.maximum(depuis, 0, out=depuis)


def _shift(
    registre: Entiers,
    i0: int,
    jours: Sequence[int],
    lus: Sequence[int],
    rang: int,
    sommes: Callable[[int], Entiers],
) -> None:
    """Move a register to what was read of it: by the last reading before, else the first one."""
    fin = i0 + len(registre)
    comptes = {
        jour: int(registre[jour - i0]) if i0 <= jour < fin else int(sommes(jour)[rang])
        for jour in {*(jour for jour in jours if i0 <= jour < fin), _last(jours, i0)}
    }
    utiles = sorted(comptes)
    ecarts = np.array([lus[jours.index(jour)] - comptes[jour] for jour in utiles], np.int64)
    rangs = np.searchsorted(np.array(utiles), np.arange(i0, fin), side="right") - 1
    registre += ecarts[np.maximum(rangs, 0)]


def _last(jours: Sequence[int], i0: int) -> int:
    """Return the last of these days that isn't after `i0`, else the first."""
    return max((jour for jour in jours if jour <= i0), default=jours[0])
