"""The arrays that measures are computed in, and written from."""

import numpy as np
from numpy.typing import NDArray

Entiers = NDArray[np.int64]
Masque = NDArray[np.bool_]
Octets = NDArray[np.uint8]
EntiersCourts = NDArray[np.int32] | NDArray[np.int16]
