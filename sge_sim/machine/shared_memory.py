"""Memory that the processes of one simulator share."""

import fcntl
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Lock


class SharedMemory:
    """`size` bytes, zero at first; made before the processes are forked, used in all of them."""

    def __init__(self, size: int) -> None:
        # Anonymous: the pages of a file would be missing, and kill the process, on a full disk.
        self.cells = mmap.mmap(-1, size)
        # A file without a name, because its lock dies with who holds it.
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the simulator
        self._threads = Lock()

    @contextmanager
    def alone(self) -> Iterator[mmap.mmap]:
        """Give the bytes, which nobody else reads or changes meanwhile."""
        # lockf holds back the other processes only, the threads of this one need their own.
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield self.cells
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Give the memory back."""
        self.cells.close()
        self._file.close()
