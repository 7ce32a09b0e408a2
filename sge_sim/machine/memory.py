"""Memory that a process keeps and gives back: what was freed, what a thread holds, what stays.

glibc keeps what is freed between things that live, in an arena of its own for each thread: what a
burst of work took stays with the process until something of the same size comes. libxml2, as lxml
uses it, keeps every name that a thread has met until that thread ends: a real message brings none,
a hostile one tens of thousands, new ones each time.
"""

import ctypes
import mmap
import threading
from typing import Final
from weakref import WeakSet

from sge_sim.clock import elapsed_ms, stopwatch

_GLIBC: Final = ctypes.CDLL(None)
_TRIM: Final = getattr(_GLIBC, "malloc_trim", None)
_SET: Final = getattr(_GLIBC, "mallopt", None)

# Of `mallopt`: how many arenas, from how many bytes on a block is mapped by itself, how many free
# bytes at the end of the arena are kept.
_ARENA_MAX: Final = -8
_MMAP_THRESHOLD: Final = -3
_TRIM_THRESHOLD: Final = -1
_DONT_NEED: Final = mmap.MADV_DONTNEED
MAPPED: Final[WeakSet[mmap.mmap]] = WeakSet()
"""Files that are read where they are mapped."""
_PERIOD_MS: Final = 60_000.0
_POLICY: Final = ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, 2**18), (_TRIM_THRESHOLD, 2**22))


def share_freed_memory() -> None:
    """Have all threads take from what any of them freed, and large blocks go back at once.

    To be called before a process has threads; those that it forks do likewise. Without glibc,
    nothing is done. Threads seldom wait for each other in it: Python runs one at a time.
    """
    if _SET is not None:
        for parameter, value in _POLICY:
            _SET(parameter, value)


def give_back_freed_memory() -> None:
    """Give back every whole page that nothing uses, and those of `MAPPED`, which who reads them
    again finds in the system's cache; does the second alone without glibc.

    It takes a millisecond or less, and threads that need memory meanwhile wait.
    """
    if _TRIM is not None:
        _TRIM(0)
    for pages in MAPPED:
        pages.madvise(_DONT_NEED)


class FreedMemory:
    """What a process that never rests gives back from time to time: once a minute at most."""

    def __init__(self) -> None:
        self._given_back = stopwatch()

    def give_back_in_time(self) -> None:
        """Give it back where a minute has passed; else do nothing."""
        if elapsed_ms(self._given_back) >= _PERIOD_MS:
            self._given_back = stopwatch()
            give_back_freed_memory()


_MOST: Final = 2**18


class Wear(threading.local):
    """How many bytes of messages the present thread has parsed in its life."""

    parsed = 0

    @property
    def is_out(self) -> bool:
        """Whether the thread has parsed enough to be replaced."""
        return self.parsed > _MOST


WEAR: Final = Wear()
