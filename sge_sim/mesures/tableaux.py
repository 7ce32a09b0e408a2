"""The arrays that measures are computed in, and written from."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Entiers = NDArray[np.int64]
Masque = NDArray[np.bool_]
Octets = NDArray[np.uint8]
EntiersCourts = NDArray[np.int32] | NDArray[np.int16]

T = TypeVar("T", np.int64, np.bool_)


def join_arrays(tableaux: Sequence[NDArray[T]], vide: type[T]) -> NDArray[T]:
    """Join arrays, of this type where there is none; a single one, the usual case, isn't copied."""
    if len(tableaux) == 1:
        return tableaux[0]
    return np.concatenate(tableaux) if tableaux else np.zeros(0, vide)
