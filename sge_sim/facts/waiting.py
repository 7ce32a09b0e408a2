"""Who waits to write to an SQLite file, among all the processes that do.

SQLite doesn't tell. Who has found the file taken holds a shared lock of a file beside it until its
turn has come; bulk work sees by it whether anybody waits. A process that is killed waits no more.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sge_sim.machine.files import open_private


class WaitingRoom:
    """Those that wait for the file at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(f".{path.name}.waiting")

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Wait among the others for as long as the block lasts."""
        handle = open_private(self._path)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def is_empty(self) -> bool:
        """Tell whether nobody waits."""
        handle = open_private(self._path)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True
