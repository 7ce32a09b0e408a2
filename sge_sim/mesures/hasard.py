"""Laws of chance in integers: what spreads sizes, days and starts.

Everything is over `UN`, from numbers of `alea`: no value depends on how a machine computes
exponentials.
"""

from typing import TypeVar

import numpy as np

from sge_sim.machine.once import computed_once
from sge_sim.mesures.alea import draws, subkey
from sge_sim.mesures.tableaux import Entiers

FRACTION = 12
UN = 1 << FRACTION
"""The factor 1."""

TIRAGES_D_UN_JOUR = 256
"""Entries of a table that a day's draw looks up."""

PRESENCES = (6, 12, 20, 30, 40, 50, 60, 70, 80, 90, 100)
"""Chances, per cent, that a use happens at all on a day."""
ECARTS = (0, 1, 4, 10, 20, 35, 55, 80)
"""Spreads of what a use takes from one day to another: sigma of its logarithm, per cent. That of 0
is never above 1, as what clouds leave of the sun."""
_NUAGES = 93
"""Least of it, per cent."""

Nombre = TypeVar("Nombre", int, Entiers)
_LOG2_E = 5909
_QUART = (1 << 15) - 1


def normale(tirage: Nombre) -> Nombre:
    """Return a centred number of standard deviation `UN` from one of `alea`, or as many from an
    array of them: four uniform numbers added, within 3.5 deviations."""
    somme = (
        (tirage & _QUART)
        + (tirage >> 15 & _QUART)
        + (tirage >> 30 & _QUART)
        + (tirage >> 45 & _QUART)
    )
    centree: Nombre = (somme - 2 * _QUART) * 1774 >> 13
    return centree


def exponentielle(x: int) -> int:
    """Return `UN * exp(x / UN)`, to 0.3 %, never under 1.

    >>> exponentielle(0), exponentielle(4096)
    (4096, 11122)
    """
    puissance = x * _LOG2_E >> FRACTION
    entiere, reste = puissance >> FRACTION, puissance & UN - 1
    valeur = UN + (reste * (2689 + (1407 * reste >> FRACTION)) >> FRACTION)
    return valeur << entiere if entiere >= 0 else max(valeur >> -entiere, 1)


class Tirages:
    """Numbers that were drawn, one after the other."""

    def __init__(self, tirages: Entiers) -> None:
        nombres: list[int] = tirages.tolist()
        self._suivant = iter(nombres).__next__

    def entre(self, bas: int, haut: int) -> int:
        """Return a number of [bas, haut], each as likely."""
        return bas + self._suivant() % (haut - bas + 1)

    def chance(self, pour_mille: int) -> bool:
        """Tell whether something of so many chances in 1000 happens."""
        return self._suivant() % 1000 < pour_mille

    def autour(self, milieu: int, ecart: int) -> int:
        """Return a number around the middle, of this standard deviation."""
        return milieu + (normale(self._suivant()) * ecart + UN // 2 >> FRACTION)

    def taille(self, mediane: int, sigma: int, bas: int, haut: int) -> int:
        """Return a lognormal number; `sigma`: that of the logarithm, per cent."""
        facteur = exponentielle(normale(self._suivant()) * sigma // 100)
        return min(max(mediane * facteur >> FRACTION, bas), haut)


@computed_once(128)
def rang_de_presence(presence: int) -> int:
    """Return the rank of the nearest of `PRESENCES`."""
    return min(range(len(PRESENCES)), key=lambda rang: abs(PRESENCES[rang] - presence))


@computed_once(1024)
def table_de_bruit(presence: int, ecart: int) -> int:
    """Return where the noise of a day begins in `bruits()`: of the nearest presence and spread, per
    cent."""
    rang = min(range(len(ECARTS)), key=lambda rang: abs(ECARTS[rang] - ecart))
    return (rang_de_presence(presence) * len(ECARTS) + rang) * TIRAGES_D_UN_JOUR


@computed_once(1)
def bruits() -> Entiers:
    """Return the factors of a day, over `UN`, by table then by draw: ascending, zeros first where
    the use may not happen; the mean of each table is `UN`, but for
    that of clouds."""
    tirages = draws(subkey(0xB2017, 1), np.arange(32 * TIRAGES_D_UN_JOUR, dtype=np.int64))
    normales = np.sort(normale(tirages))[16::32].tolist()
    tables = []
    niveaux = {
        ecart: [exponentielle(normale * ecart // 100) for normale in normales] for ecart in ECARTS
    }
    for presence in PRESENCES:
        nuls = TIRAGES_D_UN_JOUR * (100 - presence) // 100
        for ecart in ECARTS:
            if not ecart:
                restes = np.arange(TIRAGES_D_UN_JOUR) * (100 - _NUAGES) // TIRAGES_D_UN_JOUR
                tables.append(((_NUAGES + restes) * UN // 100).tolist())
                continue
            # Spread over the days that happen.
            rangs = np.arange(TIRAGES_D_UN_JOUR - nuls) * TIRAGES_D_UN_JOUR
            rangs //= TIRAGES_D_UN_JOUR - nuls
            tires = [niveaux[ecart][rang] for rang in rangs.tolist()]
            somme = sum(tires)
            tables.append([0] * nuls + [tire * UN * TIRAGES_D_UN_JOUR // somme for tire in tires])
    table = np.array(tables, np.int64).ravel()
    table.setflags(write=False)
    return table
