"""What is computed once and kept: by the first thread that asks, for which the others wait.

`functools.lru_cache` alone has everyone who comes meanwhile compute it too, all of them at the
pace of one: a crowd at a fresh process waits for as many times as it has threads.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from threading import Lock, RLock
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def computed_once(most: int | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function returns for its arguments: of the `most` that were last asked for.

    A thread computes it, whoever asks for the same waits, whoever asks for another doesn't. What
    is raised isn't kept: the next computes again. What is kept costs what `lru_cache` costs.
    """

    def kept_once(function: Callable[P, T]) -> Callable[P, T]:
        turns = Turns()

        @wraps(function)
        def missing(*args: P.args, **kwargs: P.kwargs) -> T:
            with turns.of((args, *kwargs.items())) as again:
                # Whoever has waited looks again, and finds it.
                return function(*args, **kwargs) if again else kept(*args, **kwargs)

        kept = cast("Callable[P, T]", lru_cache(most)(missing))
        return kept

    return kept_once


class Turns:
    """What is done by one thread at a time for each key, and for several keys at once."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._turns: dict[Hashable, _KeyTurn] = {}

    def of(self, key: Hashable) -> "_KeyTurn":
        """Give the turn of a key, to be taken by `with`: whether this thread has it already."""
        with self._guard:
            turn = self._turns.get(key)
            if turn is None:
                turn = self._turns[key] = _KeyTurn(self, key)
            turn.threads += 1
        return turn

    def leave(self, turn: "_KeyTurn") -> None:
        """Forget a turn that nobody has nor waits for."""
        with self._guard:
            turn.threads -= 1
            if not turn.threads:
                del self._turns[turn.key]


class _KeyTurn:
    __slots__ = ("_lock", "_taken", "_turns", "key", "threads")

    def __init__(self, turns: Turns, key: Hashable) -> None:
        self._turns, self.key, self.threads = turns, key, 0
        self._lock, self._taken = RLock(), 0

    def __enter__(self) -> bool:
        self._lock.acquire()
        self._taken += 1
        return self._taken > 1

    def __exit__(self, *_: object) -> None:
        self._taken -= 1
        self._lock.release()
        self._turns.leave(self)
