"""What is made when it is first needed."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sge_sim.processes.simulator import Deferred

THREADS = 8


def test_nothing_is_made_before_it_is_needed() -> None:
    made: list[int] = []
    deferred = Deferred(lambda: made.append(1))
    assert made == []
    deferred()
    deferred()
    assert made == [1]


def test_threads_that_need_it_at_once_wait_for_the_one_that_is_made() -> None:
    together = threading.Barrier(THREADS)

    def make() -> object:
        time.sleep(0.05)
        return object()

    deferred = Deferred(make)

    def need() -> object:
        together.wait(10)
        return deferred()

    with ThreadPoolExecutor(THREADS) as pool:
        values = [need.result() for need in [pool.submit(need) for _ in range(THREADS)]]
    assert len({id(value) for value in values}) == 1


def test_failure_is_raised_and_the_next_makes_it_again() -> None:
    results = iter([ValueError("not yet"), None])

    def make() -> str:
        failure = next(results)
        if failure is not None:
            raise failure
        return "made"

    deferred = Deferred(make)
    with pytest.raises(ValueError, match="not yet"):
        deferred()
    assert deferred() == "made"
