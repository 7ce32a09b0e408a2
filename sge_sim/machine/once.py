"""What is computed once and kept: by the first thread that asks, for which the others wait.

`functools.lru_cache` alone has everyone who comes meanwhile compute it too, all of them at the
pace of one: a crowd at a fresh process waits for as many times as it has threads.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import lru_cache, wraps
from threading import get_ident
from typing import ParamSpec, TypeVar, cast

from sge_sim.machine import monde

P = ParamSpec("P")
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


def computed_once(most: int | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function returns for its arguments: of the `most` that were last asked for.

    A thread computes it, whoever asks for the same waits, whoever asks for another doesn't. What
    is raised isn't kept: the next computes again. What is kept costs what `lru_cache` costs.
    """

    def kept_once(function: Callable[P, T]) -> Callable[P, T]:
        turns = Turns()

        @wraps(function)
        def missing(*args: P.args, **kwargs: P.kwargs) -> T:
            key = (args, *kwargs.items())
            if turns.is_mine(key):
                return function(*args, **kwargs)
            with turns.of(key):
                # Whoever has waited looks again, and finds it.
                return kept(*args, **kwargs)

        kept = cast("Callable[P, T]", lru_cache(most)(missing))
        return kept

    return kept_once


class MadeWhenAsked(Mapping[K, T]):
    """A mapping of `keys`, each of whose values `make` returns when it is first asked for."""

    def __init__(self, keys: Iterable[K], make: Callable[[K], T]) -> None:
        self._keys, self._make = dict.fromkeys(keys), computed_once()(make)

    def __getitem__(self, key: K) -> T:
        if key not in self._keys:
            raise KeyError(key)
        return self._make(key)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[K]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Turns:
    """What is done by one thread at a time for each key, and for several keys at once."""

    def __init__(self) -> None:
        self._guard = monde.Lock()
        self._turns: dict[Hashable, _KeyTurn] = {}

    def of(self, key: Hashable) -> "_KeyTurn":
        """Give the turn of a key, to be taken by `with`; nobody takes one that they have."""
        with self._guard:
            turn = self._turns.get(key)
            if turn is None:
                turn = self._turns[key] = _KeyTurn(self._guard, self._turns, key)
            turn.threads += 1
        return turn

    def is_mine(self, key: Hashable) -> bool:
        """Tell whether this thread has the turn of a key."""
        turn = self._turns.get(key)
        return turn is not None and turn.thread == get_ident()


class _KeyTurn:
    """`threads`: how many have it or wait for it; `thread`: the one that has it, 0 for none."""

    __slots__ = ("_guard", "_key", "_lock", "_turns", "thread", "threads")

    def __init__(self, guard: monde.Lock, turns: dict[Hashable, "_KeyTurn"], key: Hashable) -> None:
        self._guard, self._turns, self._key = guard, turns, key
        self._lock, self.thread, self.threads = monde.Lock(), 0, 0

    def __enter__(self) -> None:
        self._lock.acquire()
        self.thread = get_ident()

    def __exit__(self, *_: object) -> None:
        self.thread = 0
        self._lock.release()
        with self._guard:
            self.threads -= 1
            if not self.threads:
                del self._turns[self._key]
