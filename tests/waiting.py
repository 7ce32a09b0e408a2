"""Waiting for what another thread or process is to do."""

import time
from collections.abc import Callable
from typing import Any


def eventually(
    condition: Callable[[], Any],
    seconds: float = 10.0,
    why: Callable[[], object] = lambda: "it did not happen",
) -> Any:
    """Wait until `condition` holds and return what it returned; `why` tells what went wrong."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, why()
        time.sleep(0.02)
    return found
