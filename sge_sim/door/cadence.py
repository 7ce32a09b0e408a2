"""How many calls an actor has sent to a service in the present second, over all the processes.

Clients keep to one call a second and a service; what SGE does beyond isn't published. The count is
in memory that the processes of one simulator share, so that a call costs microseconds and no
transaction. Simulators on several machines each count their own.
"""

import struct
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from sge_sim.machine.shared_memory import SharedMemory

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
        self._memory = SharedMemory(_CELL.size * _CELLS)

    def count(self, acteur: str, service: str, machine_instant: datetime) -> int:
        """Record a call and return how many, it included, came in the same second.

        It is the machine's second: a frozen clock doesn't slow calls down. 1 means in time.
        """
        key, offsets = _place(acteur, service)
        second = int(machine_instant.timestamp())
        with self._memory as cells:
            free = None
            for offset in offsets:
                owner, when, calls = _CELL.unpack_from(cells, offset)
                if when != second:
                    free = offset if free is None else free
                elif owner == key:
                    _CELL.pack_into(cells, offset, key, second, calls + 1)
                    return int(calls) + 1
            if free is not None:
                _CELL.pack_into(cells, free, key, second, 1)
            return 1

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


@lru_cache(maxsize=1024)
def _place(acteur: str, service: str) -> tuple[bytes, tuple[int, ...]]:
    """Return the key of a pair and the cells that it may have."""
    key = blake2b(f"{acteur}\0{service}".encode(), digest_size=8).digest()
    first = int.from_bytes(key)
    return key, tuple((first + step) % _CELLS * _CELL.size for step in range(_TRIED))
