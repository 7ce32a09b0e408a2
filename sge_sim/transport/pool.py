"""The threads that do the work of the connections."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

from sge_sim.machine.threads import WEAR

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Pool(Generic[T]):
    """`size` threads that call `work` with what is put, in order.

    One that has parsed much gives way to another: see `sge_sim.machine.threads`.
    """

    def __init__(self, size: int, work: Callable[[T], None]) -> None:
        self._size = size
        self._work = work
        self._queue: SimpleQueue[list[T]] = SimpleQueue()

    def start(self) -> None:
        """Start the threads."""
        for _ in range(self._size):
            self._start_one()

    def put(self, one: T) -> None:
        """Have `one` worked on; called by any thread."""
        self._queue.put([one])

    def stop(self) -> None:
        """Have each thread end after its present work; returns at once."""
        for _ in range(self._size):
            self._queue.put([])

    def _start_one(self) -> None:
        # One that never comes back must not keep the process from ending.
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while present := self._queue.get():
            try:
                self._work(present[0])
            except Exception:
                _log.exception("Une connexion s'arrête sur une erreur.")
            if WEAR.is_out:
                with suppress(RuntimeError):  # the machine has no thread left: this one goes on
                    self._start_one()
                    return
