"""The arrays that measures are computed in, and written from."""

import numpy as np
from numpy.typing import NDArray

Entiers = NDArray[np.int64]
Masque = NDArray[np.bool_]
Octets = NDArray[np.uint8]
EntiersCourts = NDArray[np.int32] | NDArray[np.int16]

AUCUN: Entiers = np.zeros(0, np.int64)
AUCUNE: Masque = np.zeros(0, np.bool_)
"""What is joined where there is nothing to join."""
