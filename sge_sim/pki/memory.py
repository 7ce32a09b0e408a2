"""A memory of verdicts that a client can't make grow: bounded by the bytes that it holds."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class BoundedMemory(Generic[V]):
    """Values by digest, the least recently used forgotten first; shared by the threads.

    `max_bytes` bounds the sum of the sizes of the values.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = 0
        self._values: OrderedDict[bytes, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    @property
    def held(self) -> int:
        """The bytes of the values that are remembered."""
        return self._held

    def __len__(self) -> int:
        return len(self._values)

    def recall(self, digest: bytes, make: Callable[[], V], size: Callable[[V], int]) -> V:
        """Return the value of `digest`; `make` it and remember it at the first time.

        A value larger than the whole memory isn't remembered. Two threads may make the same one.
        """
        with self._lock:
            found = self._values.get(digest)
            if found is not None:
                self._values.move_to_end(digest)
                return found[0]
        value = make()
        bytes_held = size(value)
        if bytes_held <= self._max_bytes:
            with self._lock:
                self._forget(self._values.pop(digest, None))
                self._values[digest] = (value, bytes_held)
                self._held += bytes_held
                while self._held > self._max_bytes:
                    self._forget(self._values.popitem(last=False)[1])
        return value

    def _forget(self, entry: tuple[V, int] | None) -> None:
        self._held -= entry[1] if entry else 0
