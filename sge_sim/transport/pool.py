"""The threads that do the work of the connections: one leads, others wait to take its place.

Python runs one thread at a time: more of them don't work faster, they take turns, and each turn
costs. So one thread finds what is to be done and does it itself. It is held up where it waits for
something else than Python, such as the lock of the database that another process holds: then
another one leads.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, TypeVar

from sge_sim.machine import monde
from sge_sim.machine.memory import WEAR, FreedMemory, give_back_freed_memory

T = TypeVar("T")

PATIENCE_SECONDS: Final = 0.02
"""How long a leader may be held up before another one leads."""
_SPARE_SECONDS: Final = 1.0
"""How long a thread that was held up waits to lead again, before it ends."""

_RESTED: Final = 10
"""After how many looks that found nothing, a fifth of a second each, memory is given back."""

_log = logging.getLogger(__name__)


class _Turn(Generic[T]):
    """The item of a thread, and since when (monotonic seconds); 0 while it works on nothing."""

    def __init__(self) -> None:
        self.item: T
        self.since = 0.0
        self.called = monde.Semaphore(0)


class Pool(Generic[T]):
    """A leader/follower pool: `size` threads at most call `work` with what `find` returns.

    `find` waits for a while and returns None if nothing came; it is never called by two threads at
    once. Before another thread leads instead of one that is held up, `leave` is called with what
    that one works on. A thread that has parsed much gives way to another: see
    `sge_sim.machine.memory`.
    """

    def __init__(
        self,
        size: int,
        find: Callable[[], T | None],
        work: Callable[[T], None],
        leave: Callable[[T], None],
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._size = size
        self._find = find
        self._work = work
        self._leave = leave
        self._patience = patience
        self._finding = monde.Lock()
        self._lock = monde.Lock()
        self._threads = 0
        self._spares: list[_Turn[T]] = []
        self._leader: _Turn[T] | None = None
        self._busy = monde.Event()
        self._ended = monde.Event()
        self._freed = FreedMemory()
        self._idle_looks = _RESTED  # what the start took is given back

    def start(self) -> None:
        """Start the thread that leads."""
        with self._lock:
            self._start_leader()
        if self._size > 1:
            monde.Thread(target=self._watch, daemon=True).start()

    def stop(self, wake: Callable[[], None]) -> None:
        """Have each thread end after its present work; `wake` ends the waiting of `find`.

        Returns once `find` will not be called any more.
        """
        self._ended.set()
        self._busy.set()
        with self._lock:
            for spare in self._spares:
                spare.called.release()
        wake()
        with self._finding:
            self._leader = None

    def _run(self, turn: _Turn[T]) -> None:
        goes_on = True
        while goes_on:
            if self._leader is turn:
                self._lead_once(turn)
            if self._leader is not turn or WEAR.is_out:
                goes_on = self._goes_on(turn)
        # Threads are replaced all the time where there is work: what they held lies in pieces.
        self._freed.give_back_in_time()

    def _lead_once(self, turn: _Turn[T]) -> None:
        with self._finding:
            if self._ended.is_set():
                self._leader = None
                return
            item = self._find()
        self._idle_looks = 0 if item is not None else self._idle_looks + 1
        if item is None:
            if self._idle_looks == _RESTED:
                give_back_freed_memory()
            return
        if self._leader is not turn:
            self._leave(item)
        turn.item, turn.since = item, time.monotonic()
        if not self._busy.is_set():
            self._busy.set()
        try:
            self._work(item)
        except Exception:
            _log.exception("Une connexion s'arrête sur une erreur.")
        turn.since = 0.0

    def _goes_on(self, turn: _Turn[T]) -> bool:
        """Return whether a thread that is worn, or doesn't lead any more, is to lead again."""
        with self._lock:
            if WEAR.is_out or self._ended.is_set():
                if self._leader is turn:
                    try:
                        self._start_leader()
                    except RuntimeError:
                        return True
                self._threads -= 1
                return False
            self._spares.append(turn)
        if not turn.called.acquire(timeout=_SPARE_SECONDS):
            with self._lock:
                if turn in self._spares:
                    self._spares.remove(turn)
                    self._threads -= 1
                    return False
            turn.called.acquire()
        return not self._ended.is_set()

    def _watch(self) -> None:
        """Start another leader where the present one is held up; sleep while nothing is done."""
        while self._busy.wait() and not self._ended.wait(self._patience):
            leader = self._leader
            since = leader.since if leader else 0.0
            if leader is None or not since:
                self._busy.clear()
                if self._ended.is_set() or self._leader is not leader or (leader and leader.since):
                    self._busy.set()  # it has begun meanwhile, or the pool has ended
            elif time.monotonic() - since >= self._patience:
                self._replace(leader)

    def _replace(self, leader: _Turn[T]) -> None:
        with self._lock:
            if not self._spares and self._threads >= self._size:
                return
            self._leave(leader.item)
            if self._spares:
                self._leader = self._spares.pop()
                self._leader.called.release()
            else:
                with suppress(RuntimeError):
                    self._start_leader()

    def _start_leader(self) -> None:
        """Start a thread that leads; called with the lock in hand.

        Raises `RuntimeError` if the machine has no thread left: nothing is changed then.
        """
        before, self._leader = self._leader, _Turn()
        # One that never comes back must not keep the process from ending.
        thread = monde.Thread(target=self._run, args=(self._leader,), daemon=True)
        try:
            thread.start()
        except RuntimeError:
            self._leader = before
            raise
        self._threads += 1
