"""How far the life of a simulator is, as its supervisor tells all its processes."""

import mmap
from typing import Final, Literal, get_args

PhaseService = Literal["demarre", "pret", "arret"]
"""It starts, it serves, it stops."""
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
