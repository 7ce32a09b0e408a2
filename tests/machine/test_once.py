"""What is kept is computed by one thread, whatever crowd asks for it; see also the crowd at each
service in `tests/services/test_cold_crowd.py`."""

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sge_sim.machine.once import MadeWhenAsked, computed_once

THREADS = 8
PACKAGE = Path(__file__).parents[2] / "sge_sim"


def at_once(work: Callable[[int], object]) -> list[object]:
    """Do `work` in several threads, which begin together; return what each found."""
    together = threading.Barrier(THREADS)

    def begin(rank: int) -> object:
        together.wait(10)
        return work(rank)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_nothing_is_computed_before_it_is_needed_and_then_once() -> None:
    computed: list[int] = []

    @computed_once()
    def double(number: int) -> int:
        computed.append(number)
        return 2 * number

    assert computed == []
    assert [double(1), double(1), double(2)] == [2, 2, 4]
    assert computed == [1, 2]


def test_threads_that_need_it_at_once_wait_for_the_one_that_computes_it() -> None:
    begun, wait = [], threading.Event()

    @computed_once()
    def make() -> object:
        begun.append(1)
        wait.wait(0.05)
        return object()

    assert len({id(value) for value in at_once(lambda _: make())}) == 1
    assert len(begun) == 1


def test_other_arguments_wait_for_nobody() -> None:
    """Each of these waits until all of them have begun."""
    all_begun = threading.Barrier(THREADS)

    @computed_once()
    def meet(rank: int) -> int:
        all_begun.wait(10)
        return rank

    assert at_once(meet) == list(range(THREADS))


def test_what_is_computed_may_need_the_same_for_other_arguments() -> None:
    @computed_once()
    def fibonacci(rank: int) -> int:
        return rank if rank < 2 else fibonacci(rank - 1) + fibonacci(rank - 2)

    assert at_once(lambda rank: fibonacci(60 - rank % 2)) == [1548008755920, 956722026041] * 4


def test_a_failure_is_not_kept() -> None:
    results = iter([ValueError("not yet"), None])

    @computed_once()
    def make() -> str:
        failure = next(results)
        if failure is not None:
            raise failure
        return "made"

    with pytest.raises(ValueError, match="not yet"):
        make()
    assert make() == "made"


def test_of_a_crowd_one_alone_meets_the_failure() -> None:
    tries: list[int] = []

    @computed_once()
    def make() -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("not yet")
        return "made"

    def found(_: int) -> str:
        try:
            return make()
        except ValueError as error:
            return str(error)

    assert sorted(at_once(found)) == ["made"] * (THREADS - 1) + ["not yet"]
    assert len(tries) == 2


def test_the_least_recently_asked_for_is_forgotten() -> None:
    computed: list[int] = []

    @computed_once(2)
    def keep(number: int) -> int:
        computed.append(number)
        return number

    for number in (1, 2, 1, 3, 1, 2):
        keep(number)
    assert computed == [1, 2, 3, 2]


def test_nothing_is_kept_in_another_way() -> None:
    """The ground of the rooms, `clock.py`, alone does: what it keeps takes a microsecond."""
    kept = re.compile(r"^from functools import .*\b(lru_)?cache\b", re.MULTILINE)
    others = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if kept.search(path.read_text("utf-8"))
    ]
    assert sorted(others) == ["clock.py", "machine/once.py"]


def test_a_value_is_made_when_it_is_asked_for_and_once() -> None:
    made: list[str] = []
    values = MadeWhenAsked(("b", "a"), lambda key: made.append(key) or key * 2)  # type: ignore[func-returns-value]
    assert ([*values], len(values), "a" in values, made) == (["b", "a"], 2, True, [])
    assert (values["a"], values.get("a"), values.get("c"), made) == ("aa", "aa", None, ["a"])
