"""The pool does what is put in order, whatever becomes of each of its threads."""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

import pytest

from sge_sim.machine.threads import WEAR
from sge_sim.transport.pool import PATIENCE_SECONDS, Pool


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


class Workshop:
    """A pool whose work is a number: negative ones wait until `release`, others are noted."""

    def __init__(self, size: int, patience: float = PATIENCE_SECONDS) -> None:
        self.begun: SimpleQueue[int] = SimpleQueue()
        self.threads: set[threading.Thread] = set()
        self.release = threading.Event()
        before = set(threading.enumerate())
        self.pool = Pool(size, self._work, patience)
        self.pool.start()
        self.made = lambda: set(threading.enumerate()) - before

    def _work(self, number: int) -> None:
        self.threads.add(threading.current_thread())
        self.begun.put(number)
        if number < 0:
            self.release.wait(10)

    def block(self, count: int) -> None:
        """Have `count` threads wait."""
        for _ in range(count):
            self.pool.put(-1)
        for _ in range(count):
            assert self.begun.get(timeout=5) == -1

    def end(self) -> None:
        """End, and make sure that no thread is left."""
        self.release.set()
        self.pool.stop()
        eventually(lambda: not self.made())


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until `holds`, for five seconds at most."""
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_two_threads_do_all_the_work_that_does_not_wait() -> None:
    """More would take turns at the interpreter, and each turn costs."""
    shop = Workshop(16, patience=5)
    for number in range(500):
        shop.pool.put(number)
    assert [shop.begun.get(timeout=5) for _ in range(500)]
    assert len(shop.threads) <= 2
    shop.end()


def test_work_is_begun_in_the_order_in_which_it_came() -> None:
    shop = Workshop(1)
    for number in range(100):
        shop.pool.put(number)
    assert [shop.begun.get(timeout=5) for _ in range(100)] == list(range(100))
    shop.end()


def test_two_that_wait_hold_others_up_for_an_instant_only() -> None:
    """Orders that wait for the lock of the database must not stop consultations."""
    shop = Workshop(16)
    shop.block(2)
    for _ in range(3):  # again and again, however long the two wait
        put = time.monotonic()
        shop.pool.put(1)
        assert shop.begun.get(timeout=5) == 1
        assert PATIENCE_SECONDS <= time.monotonic() - put < 10 * PATIENCE_SECONDS
    shop.end()


def test_as_many_wait_at_once_as_the_pool_may_have_threads() -> None:
    shop = Workshop(5)
    shop.block(5)
    shop.pool.put(6)
    with pytest.raises(Empty):
        shop.begun.get(timeout=4 * PATIENCE_SECONDS)
    shop.release.set()
    assert shop.begun.get(timeout=5) == 6
    shop.end()


def test_the_threads_that_stepped_in_end_once_nothing_waits_any_more() -> None:
    shop = Workshop(16)
    usual = shop.made()
    shop.block(8)
    assert shop.made() > usual
    shop.release.set()
    eventually(lambda: shop.made() == usual)
    shop.end()


def test_an_idle_pool_sleeps() -> None:
    shop = Workshop(16)
    shop.pool.put(1)
    assert shop.begun.get(timeout=5) == 1
    time.sleep(2 * PATIENCE_SECONDS)
    spent = time.process_time()
    time.sleep(6 * PATIENCE_SECONDS)
    assert time.process_time() - spent < PATIENCE_SECONDS / 5
    shop.end()


def test_work_that_fails_leaves_its_thread_to_the_next() -> None:
    done: SimpleQueue[float] = SimpleQueue()
    pool = Pool(1, lambda number: done.put(1 / number))
    pool.start()
    pool.put(0)
    pool.put(1)
    assert done.get(timeout=5) == 1
    pool.stop()
