"""Drains the journal from time to time, and wakes whoever waits for the next exchange."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, get_args

from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.facts.outage import DATABASE_UNREACHABLE, Outage
from sge_sim.journal.book import Journal
from sge_sim.journal.records import Echange
from sge_sim.journal.search import RechercheJournal

_SECONDS: Final = 1.0
_SECONDS_LISTENED_TO: Final = 0.25
_NICENESS: Final = 10
_PATIENCE_SECONDS: Final = 10.0
_AT_ONCE: Final = 500
_CALLS: Final = RechercheJournal(kinds=frozenset(get_args(KindEchange)) - {"flux"})

_log = logging.getLogger(__name__)


class JournalFeed:
    """The journal's own thread, in the process of the administration.

    Callers pay one write for a record; the rest is done here once a second, four times while
    somebody waits, at a low priority.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._news = threading.Condition()
        self._newest = 0
        self._listeners = 0
        self._stopping = False

    def wait(self, after_id: int, timeout: float) -> int:
        """Return the newest identifier once it isn't `after_id`, or after `timeout` seconds.

        It may be smaller: a state that was brought back has forgotten what came after.
        """
        with self._news:
            self._listeners += 1
            self._news.notify_all()  # the thread may be in its longer pause
            try:
                self._news.wait_for(lambda: self._newest != after_id or self._stopping, timeout)
            finally:
                self._listeners -= 1
            return self._newest

    @property
    def stopping(self) -> bool:
        """Whether the journal stops: whoever follows it ends."""
        return self._stopping

    def stop(self) -> None:
        """Send home whoever waits, before the server does, which would wait for them."""
        with self._news:
            self._stopping = True
            self._news.notify_all()

    @contextmanager
    def running(self, on_call: Callable[[Echange], None] | None = None) -> Iterator[None]:
        """Drain in a thread until the block ends, a last time then.

        Another thread calls `on_call` with each exchange that comes from now on, files apart.
        """
        works: list[Callable[[], None]] = [self._work]
        if on_call is not None:
            last = None
            # Here, before clients are accepted: the thread may start after their first calls.
            with suppress(*DATABASE_UNREACHABLE):
                last = self._journal.newest_id()
            works.append(partial(self._follow, on_call, last))
        threads = [threading.Thread(target=work, daemon=True) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop()
            for thread in threads:
                thread.join()
            self._journal.drain()

    def _follow(self, on_call: Callable[[Echange], None], last: int | None) -> None:
        while not self._stopping:
            try:
                # A state that was brought back has forgotten the last ones.
                newest = self._journal.newest_id()
                last = newest if last is None else min(last, newest)
                for echange in self._journal.find_echanges(_CALLS, after_id=last, limit=_AT_ONCE):
                    on_call(echange)
                    last = echange.id
                self.wait(last, _PATIENCE_SECONDS)
            except DATABASE_UNREACHABLE:
                time.sleep(_SECONDS)  # the other thread logs it
            except OSError:
                return  # the terminal is gone

    def _work(self) -> None:
        _be_nice()
        outage = Outage(_log, "Le journal n'est pas lu pour l'instant")
        while not self._stopping:
            newest = self._newest
            try:
                with outage.tolerated():
                    newest = self._journal.newest_id()
            except Exception:
                _log.exception("Le journal n'a pas pu être lu ; un autre essai suivra.")
            with self._news:
                if newest != self._newest:
                    self._newest = newest
                    self._news.notify_all()
                if self._listeners:
                    self._news.wait_for(lambda: self._stopping, _SECONDS_LISTENED_TO)
                else:
                    self._news.wait_for(lambda: self._stopping or self._listeners > 0, _SECONDS)


def _be_nice() -> None:
    """Leave the processor to the callers; on Linux alone has a thread its own priority."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
