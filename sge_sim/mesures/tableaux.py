"""The arrays that measures are computed in, and written from."""

import numpy as np
from numpy.typing import NDArray

Entiers = NDArray[np.int64]
Masque = NDArray[np.bool_]
EntiersCourts = NDArray[np.int32] | NDArray[np.int16]
