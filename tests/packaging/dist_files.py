"""What `make executable` and its neighbours left in dist/."""

import os
from pathlib import Path

DIST = Path(os.environ.get("SGE_SIM_DIST", "dist")).resolve()


def built(pattern: str) -> Path:
    """The one file of dist/ that a target of make left."""
    (found,) = DIST.glob(pattern)
    return found
