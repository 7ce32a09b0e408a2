"""The back office: as the simulated time goes by, what is due happens without anybody calling.

    tasks = (Publisher.of(settings, database, journal.append).catch_up,)
    with BackOffice(clock, tasks).running():
        …

A task brings one thing up to an instant: it does what was due by then, in order, once, and finds
out by itself what that is. Between two slices it asks whether to go on; what it leaves is done the
next time. The tasks are given in the order in which they are to be done.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sge_sim.clock import Clock
from sge_sim.facts.outage import Outage
from sge_sim.machine import monde

CarryOn = Callable[[], bool]
Task = Callable[[datetime, CarryOn], object]

_SLICE_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class BackOffice:
    """Does its tasks every `every_seconds` of the machine's time, and whenever it is asked to."""

    def __init__(self, clock: Clock, tasks: Sequence[Task], every_seconds: float = 1.0) -> None:
        self._clock = clock
        self._tasks = tuple(tasks)
        self._every_seconds = every_seconds
        self._one_at_a_time = monde.Lock()
        self._stopped = False
        self._held = 0
        self._holding = monde.Lock()

    def catch_up(self) -> bool:
        """Do all that is due by the present simulated instant; called whenever the clock is moved.

        Return whether all is done: not where it is to stop or to be held.
        """
        with self._one_at_a_time:
            until = self._clock.now()
            for task in self._tasks:
                if self.carry_on():
                    task(until, self.carry_on)
            return self.carry_on()

    def carry_on(self) -> bool:
        """Return whether a round may begin another slice."""
        return not (self._stopped or self._held)

    def stop(self) -> None:
        """End the round under way at its next slice, for good; returns at once."""
        self._stopped = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the rounds during the block: the one under way ends at its next slice.

        What it is doing may wait for others (a server that files are delivered to): it isn't waited
        for longer than `_SLICE_SECONDS`.
        """
        with self._holding:
            self._held += 1
        ended = self._one_at_a_time.acquire(timeout=_SLICE_SECONDS)
        try:
            yield
        finally:
            if ended:
                self._one_at_a_time.release()
            with self._holding:
                self._held -= 1

    @contextmanager
    def running(self) -> Iterator[None]:
        """Catch up in a thread of its own until the block ends; the last round ends its slice.

        The first round comes after `every_seconds`, so that it doesn't slow down the start.
        """
        stopping = monde.Event()
        thread = monde.Thread(target=self._work, args=(stopping,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            self.stop()
            thread.join()

    def _work(self, stopping: monde.Event) -> None:
        outage = Outage(_log, "Le back-office attend")
        while not stopping.wait(self._every_seconds):
            try:
                with outage.tolerated():
                    self.catch_up()
            except Exception:
                _log.exception("Le back-office n'a pas pu tout faire ; il recommencera.")
