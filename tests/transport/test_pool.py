"""One thread of the pool leads; another takes its place where it is held up, worn or has failed."""

import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from waiting import eventually

from sge_sim.machine.memory import WEAR
from sge_sim.transport import pool
from sge_sim.transport.pool import PATIENCE_SECONDS, Pool

_LEAD_SECONDS = 0.05


class Workshop:
    """A pool whose work is a number: negative ones wait until `release`, others are noted."""

    def __init__(self, size: int, patience: float = PATIENCE_SECONDS) -> None:
        self.begun: SimpleQueue[int] = SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.left: list[int] = []
        self.release = threading.Event()
        self._to_do: SimpleQueue[int | None] = SimpleQueue()
        self._looking = threading.Lock()
        before = set(threading.enumerate())
        self.pool = Pool(size, self._find, self._work, self.left.append, patience)
        self.pool.start()
        self.made = lambda: set(threading.enumerate()) - before

    def put(self, number: int) -> None:
        self._to_do.put(number)

    def _find(self) -> int | None:
        assert self._looking.acquire(blocking=False), "two threads look at once"
        try:
            return self._to_do.get(timeout=_LEAD_SECONDS)
        except Empty:
            return None
        finally:
            self._looking.release()

    def _work(self, number: int) -> None:
        self.threads.append(threading.current_thread())
        self.begun.put(number)
        if number < 0:
            self.release.wait(10)

    def next(self) -> int:
        return self.begun.get(timeout=5)

    def do(self, number: int) -> None:
        """Put a number and check that it is the next whose work begins."""
        self.put(number)
        assert self.next() == number

    def block(self, count: int) -> None:
        """Have `count` threads wait."""
        for _ in range(count):
            self.put(-1)
        for _ in range(count):
            assert self.next() == -1

    def end(self) -> None:
        """End, and make sure that no thread is left."""
        self.release.set()
        self.pool.stop(lambda: self._to_do.put(None))
        eventually(lambda: not self.made())


def test_memory_is_given_back_once_as_the_pool_comes_to_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back: list[int] = []
    monkeypatch.setattr(pool, "_RESTED", 3)
    done: list[int] = []
    shop = Workshop(1)

    def note() -> None:
        if threading.current_thread() in shop.made():  # not that of a server of another test
            given_back.append(len(done))

    monkeypatch.setattr(pool, "give_back_freed_memory", note)
    time.sleep(6 * _LEAD_SECONDS)
    assert given_back == [], "the start has given back what it took"
    for number in (1, 2):
        shop.do(number)
        done.append(number)
        eventually(lambda: len(given_back) == len(done))
        time.sleep(6 * _LEAD_SECONDS)
        assert given_back == done
    shop.end()


@pytest.mark.parametrize(("parsed", "replaced"), [(1_000, False), (2**20, True)])
def test_a_thread_that_parsed_much_gives_way_to_another(parsed: int, replaced: bool) -> None:
    """libxml2 keeps the names that a thread has met until it ends."""
    shop = Workshop(1)
    work = shop._work

    def parse(number: int) -> None:
        WEAR.parsed += parsed
        work(number)

    shop.pool._work = parse
    for number in range(5):
        shop.do(number)
    shop.end()
    assert len(set(shop.threads)) == (5 if replaced else 1)


def test_one_thread_does_all_the_work_that_does_not_wait() -> None:
    """More would take turns at the interpreter, and each turn costs."""
    shop = Workshop(16, patience=5)
    for number in range(500):
        shop.put(number)
    assert [shop.next() for _ in range(500)] == list(range(500))
    assert len(set(shop.threads)) == 1
    assert shop.left == []
    shop.end()


def test_one_that_waits_holds_others_up_for_an_instant_only() -> None:
    """Orders that wait for the lock of the database must not stop consultations."""
    shop = Workshop(16)
    for held_up in range(1, 4):
        shop.do(-held_up)
        put = time.monotonic()
        shop.do(held_up)
        assert time.monotonic() - put < 10 * PATIENCE_SECONDS
        assert shop.left == [-number for number in range(1, held_up + 1)]
    shop.end()


def test_as_many_wait_at_once_as_the_pool_may_have_threads() -> None:
    shop = Workshop(5)
    shop.block(5)
    shop.put(6)
    with pytest.raises(Empty):
        shop.begun.get(timeout=4 * PATIENCE_SECONDS)
    shop.release.set()
    assert shop.next() == 6
    shop.end()


def test_a_thread_that_was_held_up_leads_again_rather_than_a_new_one() -> None:
    shop = Workshop(2)
    for turn in range(4):
        shop.release.clear()
        shop.block(1)
        shop.do(turn)
        shop.release.set()
        eventually(lambda: bool(shop.pool._spares))
    assert len(set(shop.threads)) == 2
    shop.end()


def test_the_threads_that_stepped_in_end_once_nothing_waits_any_more() -> None:
    shop = Workshop(16)
    usual = len(shop.made())
    shop.block(4)
    assert len(shop.made()) > usual
    shop.release.set()
    eventually(lambda: len(shop.made()) == usual)
    shop.do(1)
    shop.end()


def test_an_idle_pool_sleeps() -> None:
    shop = Workshop(16)
    shop.do(1)
    time.sleep(5 * PATIENCE_SECONDS)
    spent = computed_seconds(shop.made())
    time.sleep(15 * PATIENCE_SECONDS)
    assert computed_seconds(shop.made()) - spent < PATIENCE_SECONDS / 2
    shop.end()


def computed_seconds(threads: set[threading.Thread]) -> float:
    """Return the processor's time of some threads: others of the tests' process may be at work."""
    files = (Path(f"/proc/self/task/{each.native_id}/schedstat") for each in threads)
    return sum(int(file.read_text().split()[0]) for file in files) / 1e9


def test_work_that_fails_leaves_its_thread_to_the_next() -> None:
    shop = Workshop(1)
    work = shop._work

    def fail(number: int) -> None:
        work(number)
        raise ZeroDivisionError

    shop.pool._work = fail
    shop.put(0)
    shop.put(1)
    assert [shop.next(), shop.next()] == [0, 1]
    assert len(set(shop.threads)) == 1
    shop.end()


def test_nothing_is_looked_for_once_the_pool_has_stopped() -> None:
    shop = Workshop(4)
    shop.end()
    shop.put(1)
    with pytest.raises(Empty):
        shop.begun.get(timeout=2 * _LEAD_SECONDS)
