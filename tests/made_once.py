"""What is long to make, and the same for every test: the first process that asks makes it."""

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from loaded_programs import PROGRAMS, share_programs

T = TypeVar("T")


def made_once(name: str, make: Callable[[], T]) -> T:
    """Return what `make` returns, a copy of what it did in any process of the suite."""
    share_programs()
    made = Path(os.environ[PROGRAMS]) / f"{name}.made"
    with Path(f"{made}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            made.write_bytes(pickle.dumps(make()))
    found: T = pickle.loads(made.read_bytes())
    return found
