"""How many calls an actor has sent to a service in the present second, over all the processes.

Clients keep to one call a second and a service; what SGE does beyond isn't published. The count is
in memory that the processes of one simulator share, so that a call costs microseconds and no
transaction. Simulators on several machines each count their own.
"""

import struct
from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Final

from sge_sim.machine.once import computed_once
from sge_sim.machine.shared_memory import SharedMemory

_CELL = struct.Struct("=8sQI")  # who calls what, the second (since 1970), the calls in it
_CELLS = 4096
_TRIED = 8

TOUS: Final = ""
"""Stands for all actors, whose calls are counted together beside each one's own."""


class Cadence:
    """Counts of calls; made before the processes are forked, used in all of them.

    A fixed table: each pair of actor and service has eight cells to choose from, and a cell of a
    past second is free. A pair that finds none (that takes eight others in the same second, out
    of 4096 cells) isn't counted.
    """

    def __init__(self) -> None:
        self._memory = SharedMemory(_CELL.size * _CELLS)

    def count(self, who: Sequence[str], service: str, machine_instant: datetime) -> list[int]:
        """Record a call under each name of `who`, an actor or `TOUS`; return, for each, how many,
        it included, came in the same second.

        It is the machine's second: a frozen clock doesn't slow calls down. 1 means in time.
        """
        second = int(machine_instant.timestamp())
        counted = []
        with self._memory as cells:
            for key, offsets in _places(tuple(who), service):
                calls, place = 1, None
                for offset in offsets:
                    owner, when, known = _CELL.unpack_from(cells, offset)
                    if when == second:
                        if owner == key:
                            calls, place = known + 1, offset
                            break
                    elif place is None:
                        place = offset
                if place is not None:
                    _CELL.pack_into(cells, place, key, second, calls)
                counted.append(calls)
        return counted

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


@computed_once(1024)
def _places(who: tuple[str, ...], service: str) -> tuple[tuple[bytes, tuple[int, ...]], ...]:
    """Return, for each of `who` and the service, the key of the pair and the cells it may have."""
    places = []
    for caller in who:
        key = blake2b(f"{caller}\0{service}".encode(), digest_size=8).digest()
        first = int.from_bytes(key)
        cells = tuple((first + step) % _CELLS * _CELL.size for step in range(_TRIED))
        places.append((key, cells))
    return tuple(places)
