"""Counters in a file that any process may open: those of a simulator, and its commands.

They are no part of the state and aren't synced to the disk. The file is read and written, never
mapped: mapped memory kills the process on a full disk or a file that was cut.
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sge_sim.machine.files import open_private

_CELL = struct.Struct("=QQ")  # how many were counted, how many of them were struck
_CELLS = 65_536


class Counters:
    """The counters of a file, by number; made after the fork, shared by the threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._threads = Lock()
        self._handle: int | None = None

    def count(self, number: int, most: int, strikes: Callable[[int], bool]) -> int | None:
        """Count one more under `number`; return its rank, from 1, if `strikes` says so of it.

        Nothing is counted beyond `most`.
        """
        with self._alone() as handle:
            counted, struck = _read(handle, number)
            if counted >= most:
                return None
            hit = strikes(counted + 1)
            os.pwrite(handle, _CELL.pack(counted + 1, struck + hit), _place(number))
            return counted + 1 if hit else None

    def read(self, number: int) -> tuple[int, int]:
        """Return how many were counted under `number`, and how many of them were struck."""
        with self._alone() as handle:
            return _read(handle, number)

    def forget(self) -> None:
        """Set every counter to zero."""
        with self._alone() as handle:
            os.ftruncate(handle, 0)

    def close(self) -> None:
        """Close the file; it may be used again."""
        with self._threads:
            if self._handle is not None:
                os.close(self._handle)
                self._handle = None

    @contextmanager
    def _alone(self) -> Iterator[int]:
        # The lock belongs to the opened file: it holds back the other processes, not the threads.
        with self._threads:
            if self._handle is None:
                self._handle = open_private(self._file)
            fcntl.flock(self._handle, fcntl.LOCK_EX)
            try:
                yield self._handle
            finally:
                fcntl.flock(self._handle, fcntl.LOCK_UN)


def _place(number: int) -> int:
    return number % _CELLS * _CELL.size


def _read(handle: int, number: int) -> tuple[int, int]:
    found = os.pread(handle, _CELL.size, _place(number))
    if len(found) < _CELL.size:
        return 0, 0
    counted, struck = _CELL.unpack(found)
    return counted, struck
