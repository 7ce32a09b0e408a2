"""Chance without state: a number depends on a key and a counter, on nothing else.

The generator is splitmix64 read as a hash: `key + counter * golden`, then its finaliser. Every
operation is on 64-bit integers, so the numbers are the same bytes on every machine, interpreter
and numpy version, whatever window is computed, in whatever order and process. No value of
`mesures/` is left to floating point, for the same reason: its one square root is corrected.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sge_sim.mesures.tableaux import Entiers

Cles = NDArray[np.uint64]

_GOLDEN, _MIX_1, _MIX_2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_MASK = (1 << 64) - 1
_N_GOLDEN, _N_MIX_1, _N_MIX_2 = np.uint64(_GOLDEN), np.uint64(_MIX_1), np.uint64(_MIX_2)
UN_BIT, _N_27, _N_30, _N_31 = np.uint64(1), np.uint64(27), np.uint64(30), np.uint64(31)


def draw(key: int, counter: int) -> int:
    """Return the 63-bit number of `counter` under `key`."""
    z = (key + counter * _GOLDEN) & _MASK
    z = ((z ^ (z >> 30)) * _MIX_1) & _MASK
    z = ((z ^ (z >> 27)) * _MIX_2) & _MASK
    return (z ^ (z >> 31)) >> 1


def draws(key: int | Cles, counters: Entiers) -> Entiers:
    """Return the 63-bit numbers of many counters: `draw`, vectorised.

    Several keys broadcast against the counters.

    >>> int(draws(7, np.array([3]))[0]) == draw(7, 3)
    True
    """
    numbers = draws_at(np.uint64(key & _MASK) if isinstance(key, int) else key, strides(counters))
    numbers >>= UN_BIT
    return numbers.view(np.int64)


def strides(counters: Entiers) -> Cles:
    """Return how far from a key these counters draw."""
    return counters.astype(np.uint64) * _N_GOLDEN


def draws_at(key: np.uint64 | Cles, far: Cles) -> Cles:
    """Return the 64-bit numbers of the counters of which `far` are the `strides`: `draws` leaves
    their last bit out."""
    z = far + key
    droite = z >> _N_30
    z ^= droite
    z *= _N_MIX_1
    z ^= np.right_shift(z, _N_27, out=droite)
    z *= _N_MIX_2
    z ^= np.right_shift(z, _N_31, out=droite)
    return z


def subkey(seed: int, use: int) -> int:
    """Return the key of one use of a seed, so that two uses never share a number."""
    return draw(draw(seed & _MASK, 0x5EED) ^ use, use + 1)


def subkeys(seeds: Sequence[int], uses: int) -> Entiers:
    """Return the keys of the first uses of seeds: shape (uses, seeds).

    >>> subkeys([7, 8], 3)[2].tolist() == [subkey(7, 2), subkey(8, 2)]
    True
    """
    graines = np.array([seed & _MASK for seed in seeds], np.uint64)
    racines = draws(graines, np.array([0x5EED]))
    rangs = np.arange(uses)[:, None]
    return draws((racines ^ rangs).view(np.uint64), rangs + 1)
