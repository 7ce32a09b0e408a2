"""Waiting for what another thread or process is to do."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


@contextmanager
def serving(server: Any) -> Iterator[None]:
    """Have a server serve in a thread of its own, once it is ready, until the block ends."""
    ready = threading.Event()
    thread = threading.Thread(target=server.serve, args=(ready.set,))
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        server.stop()
        thread.join(20)
    assert not thread.is_alive()
