"""The pool keeps its number of threads, whatever becomes of each."""

import threading
from queue import SimpleQueue

import pytest

from sge_sim.machine.threads import WEAR
from sge_sim.transport.pool import Pool


@pytest.mark.parametrize(("parsed", "replaced"), [(1_000, False), (2**20, True)])
def test_a_thread_that_parsed_much_gives_way_to_another(parsed: int, replaced: bool) -> None:
    """libxml2 keeps the names that a thread has met until it ends."""
    threads: SimpleQueue[threading.Thread] = SimpleQueue()

    def work(size: int) -> None:
        WEAR.parsed += size
        threads.put(threading.current_thread())

    pool = Pool(1, work)
    pool.start()
    workers = []
    for _ in range(5):
        pool.put(parsed)
        workers.append(threads.get(timeout=5))
    pool.stop()
    assert len(set(workers)) == (5 if replaced else 1)
    for one in workers:
        one.join(5)
        assert not one.is_alive()
