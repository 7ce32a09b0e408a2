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
            turns.take(key)
            try:
                # Whoever has waited looks again, and finds it.
                return kept(*args, **kwargs)
            finally:
                turns.leave(key)

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
        self._threads: dict[Hashable, int] = {}
        self._awaited: dict[Hashable, monde.Event] = {}

    def take(self, key: Hashable) -> None:
        """Take the turn of a key, once whoever has it leaves it; nobody takes one that they
        have."""
        while True:
            with self._guard:
                if key not in self._threads:
                    self._threads[key] = get_ident()
                    return
                left = self._awaited.setdefault(key, monde.Event())
            left.wait()

    def leave(self, key: Hashable) -> None:
        """Leave the turn of a key to whoever waits for it."""
        with self._guard:
            del self._threads[key]
            left = self._awaited.pop(key, None) if self._awaited else None
        if left is not None:
            left.set()

    def is_mine(self, key: Hashable) -> bool:
        """Tell whether this thread has the turn of a key."""
        return self._threads.get(key) == get_ident()
