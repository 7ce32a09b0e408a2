"""A bound, for a whole process, on the pages that SQLite keeps in memory.

Each connection may keep two megabytes, and a process as many connections as it once had threads at
work: after hours, each has filled its own. What is kept grows with the state until the bound: the
system keeps the pages of the file anyway, and a reading from it costs a microsecond.
"""

from contextlib import closing
from typing import Final

from sge_sim.machine import monde

_MOST: Final = 4 * 2**20


def bound_page_caches(most: int = _MOST) -> None:
    """Have the connections of this process, present and to come, keep `most` bytes together.

    Beyond, one that needs a page takes the place of another page of its own.
    """
    with closing(monde.connect(":memory:")) as any_connection:
        any_connection.execute(f"PRAGMA soft_heap_limit = {most}")
