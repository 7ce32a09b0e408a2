"""How many exchanges the journal couldn't keep, over all the processes of a simulator."""

import logging
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from sge_sim.clock import machine_now
from sge_sim.shared_memory import SharedMemory

_CELL = struct.Struct("=Qdd")  # how many, when the last, when it was last said (since 1970)
_SILENCE_SECONDS = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Losses:
    """`count` exchanges aren't in the journal; `last` is the machine's instant of the last."""

    count: int
    last: datetime | None


class LostExchanges:
    """Counts the exchanges that were answered and couldn't be recorded.

    Made before the processes are forked. The log has one line for the first, then one in ten
    seconds at most: a database that has stopped must not fill the log, and the disk, too.
    """

    def __init__(self) -> None:
        self._memory = SharedMemory(_CELL.size)

    def add(self, error: Exception) -> None:
        """Count one more, lost by `error`."""
        now = machine_now().timestamp()
        with self._memory.alone() as cells:
            count, _, told = _CELL.unpack_from(cells)
            count += 1
            tell = now - told >= _SILENCE_SECONDS
            _CELL.pack_into(cells, 0, count, now, now if tell else told)
        if tell:
            reason = " ".join(str(error).split("\n")[0].split())
            _log.error(
                "Le journal ne peut pas être écrit : %s. Les réponses partent quand même ; "
                "échanges perdus depuis le démarrage : %d.",
                reason,
                count,
            )

    def read(self) -> Losses:
        """Return how many were lost since the simulator has started."""
        with self._memory.alone() as cells:
            count, last, _ = _CELL.unpack_from(cells)
        return Losses(count, datetime.fromtimestamp(last, UTC) if count else None)

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()
