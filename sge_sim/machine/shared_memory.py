"""Memory that the processes of one simulator share, and the phase of its life that stands in it."""

import fcntl
import mmap
from typing import Final, Literal, get_args

from sge_sim.machine import monde


class SharedMemory:
    """`size` bytes, zero at first; made before the processes are forked, used in all of them."""

    def __init__(self, size: int) -> None:
        # Anonymous: the pages of a file would be missing, and kill the process, on a full disk.
        self.cells = mmap.mmap(-1, size)
        # A file without a name, because its lock dies with who holds it.
        self._file = monde.nameless_file()  # it lives as long as the simulator
        self._descriptor = self._file.fileno()
        self._threads = monde.Lock()

    def __enter__(self) -> mmap.mmap:
        """Give the bytes, which nobody else reads or changes in the block."""
        # lockf holds back the other processes only, the threads of this one need their own.
        self._threads.acquire()
        try:
            monde.lockf(self._descriptor, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise
        return self.cells

    def __exit__(self, *_: object) -> None:
        try:
            monde.lockf(self._descriptor, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def close(self) -> None:
        """Give the memory back."""
        self.cells.close()
        self._file.close()


PhaseService = Literal["demarre", "pret", "arret"]
"""The simulator starts, serves, stops."""
_PHASES: Final = get_args(PhaseService)


class Phase:
    """A byte that processes share: made before they are forked, written by their parent alone."""

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def enter(self, phase: PhaseService) -> None:
        """Say that the simulator is in `phase` from now on."""
        self._byte[0] = _PHASES.index(phase)

    def read(self) -> PhaseService:
        """Return the phase of now."""
        found: PhaseService = _PHASES[self._byte[0]]
        return found

    def close(self) -> None:
        """Give the memory back."""
        self._byte.close()
