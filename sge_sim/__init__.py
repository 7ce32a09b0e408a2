"""sge-sim: a simulator of the SGE SOAP web services of the French electricity distributor."""

import os

# Nothing here multiplies matrices of floats: threads for it take each process 40 ms to start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
