"""How many calls an actor has sent to a service in the present second, over all the processes.

Clients keep to one call a second and a service; what SGE does beyond isn't published. The count is
in memory that the processes of one simulator share, so that a call costs microseconds and no
transaction. Simulators on several machines each count their own.
"""

import fcntl
import mmap
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from tempfile import TemporaryFile
from threading import Lock

_CELL = struct.Struct("=8sQI")  # who calls what, the second (since 1970), the calls in it
_CELLS = 4096
_TRIED = 8


class Cadence:
    """Counts of calls; made before the processes are forked, used in all of them.

    A fixed table: each pair of actor and service has eight cells to choose from, and a cell of a
    past second is free. A pair that finds none (that takes eight others in the same second, out
    of 4096 cells) isn't counted.
    """

    def __init__(self) -> None:
        # A file without a name: its pages are shared, and its lock dies with who holds it.
        self._file = TemporaryFile()  # noqa: SIM115 - it lives as long as the simulator
        self._file.truncate(_CELL.size * _CELLS)
        self._cells = mmap.mmap(self._file.fileno(), _CELL.size * _CELLS)
        self._threads = Lock()

    def count(self, acteur: str, service: str, machine_instant: datetime) -> int:
        """Record a call and return how many, it included, came in the same second.

        It is the machine's second: a frozen clock doesn't slow calls down. 1 means in time.
        """
        key = blake2b(f"{acteur}\0{service}".encode(), digest_size=8).digest()
        second = int(machine_instant.timestamp())
        with self._alone():
            free = None
            for offset in _offsets(key):
                owner, when, calls = _CELL.unpack_from(self._cells, offset)
                if when != second:
                    free = offset if free is None else free
                elif owner == key:
                    _CELL.pack_into(self._cells, offset, key, second, calls + 1)
                    return int(calls) + 1
            if free is not None:
                _CELL.pack_into(self._cells, free, key, second, 1)
            return 1

    def close(self) -> None:
        """Give the memory back."""
        self._cells.close()
        self._file.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # lockf holds back the other processes only, the threads of this one need their own.
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)


def _offsets(key: bytes) -> Iterator[int]:
    first = int.from_bytes(key)
    return ((first + step) % _CELLS * _CELL.size for step in range(_TRIED))
