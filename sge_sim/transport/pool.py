"""The threads that do the work of the connections.

Python runs one thread at a time: more of them don't work faster, they take turns, and each turn
costs. Two are enough as long as neither waits for something else than Python, such as the lock of
the database that another process holds.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from sge_sim.machine.threads import WEAR

T = TypeVar("T")

_USUAL: Final = 2
PATIENCE_SECONDS: Final = 0.05
"""How long work waits for the usual threads before others are started for it."""

_log = logging.getLogger(__name__)


class Pool(Generic[T]):
    """Threads that call `work` with what is put, in order; `size` at once at most.

    Two do it as a rule. More are started when something has waited for `patience` (seconds), and
    end when nothing waits for so long any more. One that has parsed much gives way to another: see
    `sge_sim.machine.threads`.
    """

    def __init__(
        self, size: int, work: Callable[[T], None], patience: float = PATIENCE_SECONDS
    ) -> None:
        self._usual = min(size, _USUAL)
        self._most_helpers = size - self._usual
        self._work = work
        self._patience = patience
        self._waiting: deque[tuple[float, T]] = deque()  # since when (monotonic seconds), and what
        self._tokens: SimpleQueue[bool] = SimpleQueue()  # True for each that waits, False: end
        self._helpers: list[threading.Thread] = []
        self._put = threading.Event()
        self._ended = threading.Event()

    def start(self) -> None:
        """Start the threads."""
        for _ in range(self._usual):
            self._start_one(self._run)
        if self._most_helpers:
            self._start_one(self._call_helpers)

    def put(self, one: T) -> None:
        """Have `one` worked on; called by any thread."""
        self._waiting.append((time.monotonic(), one))
        self._tokens.put(True)
        if not self._put.is_set():
            self._put.set()

    def stop(self) -> None:
        """Have each thread end after its present work; returns at once."""
        for _ in range(self._usual):
            self._tokens.put(False)
        self._ended.set()
        self._put.set()

    def _start_one(self, run: Callable[[], None]) -> threading.Thread:
        # One that never comes back must not keep the process from ending.
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while self._tokens.get():
            self._do_first()
            if WEAR.is_out:
                with suppress(RuntimeError):  # the machine has no thread left: this one goes on
                    self._start_one(self._run)
                    return

    def _help(self) -> None:
        while self._overdue_in() <= 0 and not WEAR.is_out:
            try:
                token = self._tokens.get_nowait()
            except Empty:
                return
            if not token:  # meant for one of the usual threads
                self._tokens.put(token)
                return
            self._do_first()

    def _do_first(self) -> None:
        """Work on what has waited longest; called with its token in hand."""
        _, one = self._waiting.popleft()
        try:
            self._work(one)
        except Exception:
            _log.exception("Une connexion s'arrête sur une erreur.")

    def _overdue_in(self) -> float:
        """Return in how many seconds something will have waited for too long."""
        try:
            since, _ = self._waiting[0]
        except IndexError:
            return self._patience
        return since + self._patience - time.monotonic()

    def _call_helpers(self) -> None:
        """Start more threads for what waits for too long; sleep as long as nothing is put."""
        overdue_in = self._patience
        while self._put.wait() and not self._ended.wait(overdue_in):
            self._put.clear()  # before looking: what comes after it sets it again
            overdue_in = self._overdue_in()
            if self._waiting or self._ended.is_set():
                self._put.set()
            if overdue_in > 0:
                continue
            overdue_in = self._patience
            self._helpers = [one for one in self._helpers if one.is_alive()]
            with suppress(RuntimeError):  # the machine has no thread left: those that are go on
                for _ in range(min(len(self._waiting), self._most_helpers - len(self._helpers))):
                    self._helpers.append(self._start_one(self._help))
