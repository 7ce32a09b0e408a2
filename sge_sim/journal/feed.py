"""Drains the journal from time to time, and wakes whoever waits for the next exchange."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Final, get_args

from sge_sim.domaine.nomenclatures import KindEchange
from sge_sim.facts.outage import DATABASE_UNREACHABLE, Outage
from sge_sim.journal.book import Journal
from sge_sim.journal.records import Echange
from sge_sim.journal.search import RechercheJournal
from sge_sim.machine import monde

_SECONDS: Final = 1.0
_SECONDS_LISTENED_TO: Final = 0.25
_NICENESS: Final = 10
_AT_ONCE: Final = 500
_FEW: Final = 100
"""Exchanges since the last turn beyond which the processor is left to the callers."""
_CALLS: Final = RechercheJournal(kinds=frozenset(get_args(KindEchange)) - {"flux"})

_log = logging.getLogger(__name__)


class JournalFeed:
    """The journal's own thread, in the process of the administration.

    Callers pay one write for a record; the rest is done here once a second, four times while
    somebody waits, at a low priority.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._listeners: list[None] = []
        self._stopping = monde.Event()
        self.newest = 0
        """The newest identifier that was seen. It may be smaller than it was: a state that was
        brought back has forgotten what came after."""

    @contextmanager
    def listened_to(self) -> Iterator[None]:
        """Drain more often while the block lasts."""
        self._listeners.append(None)
        try:
            yield
        finally:
            self._listeners.pop()

    @property
    def stopping(self) -> bool:
        """Whether the journal stops: whoever follows it ends."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """End those who follow the journal, before the server stops and waits for them."""
        self._stopping.set()

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
        threads = [monde.Thread(target=work, daemon=True) for work in works]
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
        while not self.stopping:
            seen: int | None = self.newest
            try:
                last = self._journal.newest_id() if last is None else last
                for echange in self._journal.find_echanges(_CALLS, after_id=last, limit=_AT_ONCE):
                    on_call(echange)
                    last = echange.id
            except DATABASE_UNREACHABLE:
                seen = None  # the other thread logs it
            except OSError:
                return  # the terminal is gone
            with self.listened_to():
                while not self._stopping.wait(_SECONDS_LISTENED_TO) and seen == self.newest:
                    pass

    def _work(self) -> None:
        _be_nice()
        outage = Outage(_log, "Le journal n'est pas lu pour l'instant")
        while not self.stopping:
            try:
                with outage.tolerated():
                    before, self.newest = self.newest, self._journal.newest_id()
                    if self.newest - before < _FEW:
                        self._journal.pack()
            except Exception:
                _log.exception("Le journal n'a pas pu être lu ; un autre essai suivra.")
            self._stopping.wait(_SECONDS_LISTENED_TO if self._listeners else _SECONDS)


def _be_nice() -> None:
    """Leave the processor to the callers; on Linux alone has a thread its own priority."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
