"""Memory that was freed, given back to the machine.

glibc keeps what is freed between things that live, in an arena of its own for each thread: what a
burst of work took stays with the process until something of the same size comes.
"""

import ctypes

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)


def give_back_freed_memory() -> None:
    """Give back every whole page that nothing uses; does nothing without glibc.

    It takes a millisecond or less, and threads that need memory meanwhile wait.
    """
    if _TRIM is not None:
        _TRIM(0)
