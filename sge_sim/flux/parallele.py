"""Work that several processes of this machine share, each reading the database by itself."""

import atexit
import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sge_sim.facts.database import Database
from sge_sim.machine import monde
from sge_sim.machine.control_groups import processes_at_most
from sge_sim.machine.once import computed_once

T = TypeVar("T")

_NICENESS = 5
"""Below those who answer: a publication can wait."""

_POINTS_AT_ONCE: Final = 250
POINT_DAYS_AT_ONCE: Final = 5_000

Job = tuple[Any, ...]
"""What a piece of work is given: values that can be pickled."""


class Equipe:
    """Processes that make the files of publications, one after the other.

    They take a second to start: they do when they are first needed, and stay until the end of the
    `with`. As many as have a core and memory here, unless `processes` says how many.
    """

    def __init__(self, processes: int | None = None) -> None:
        self._processes = processes
        self._pool: Executor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def share(self, session: Session, work: Callable[..., T], jobs: Iterable[Job]) -> Iterator[T]:
        """Yield what `work` returns for each of the jobs, in their order.

        It is called with a session of its own on the same database, then the values of the job: a
        function of a module and values that can be pickled. Few results wait at once, whatever the
        number of jobs. Where there would be one process, this one does it.
        """
        processes = self._processes or processes_at_most()
        if processes == 1:
            for job in jobs:
                yield work(session, *job)
            return
        pool = self._pool = self._pool or monde.spawn(processes, _prepare)
        url = url_of(session)
        yield from in_order(lambda job: pool.submit(run_at, url, work, job), jobs, processes + 1)


def in_order(submit: Callable[[Job], Any], jobs: Iterable[Job], most: int) -> Iterator[Any]:
    """Submit the jobs, `most` of them at once, and yield their results in their order; `submit`
    returns a future, of whatever library."""
    waiting: deque[Any] = deque()
    try:
        for job in jobs:
            waiting.append(submit(job))
            if len(waiting) >= most:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for resultat in waiting:
            resultat.cancel()


def groups_of(points: Sequence[T], jours: int) -> list[Sequence[T]]:
    """Return points in groups, each as much work as another process is given at once, and as it
    may keep in memory: over so many days."""
    size = max(1, min(_POINTS_AT_ONCE, POINT_DAYS_AT_ONCE // max(1, jours)))
    return [points[first : first + size] for first in range(0, len(points), size)]


def url_of(session: Session) -> str:
    """Return where the database of a session is, as another process is told it."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    url = engine.url
    if url.get_backend_name() == "sqlite" and url.database is not None:
        url = url.set(database=str(Path(url.database).absolute()))
    return url.render_as_string(hide_password=False)


def run_at(url: str, work: Callable[..., T], job: Job) -> T:
    """Do a piece of work in a session of its own on a database."""
    try:
        with _database_at(url).sessions(at_length=True) as session:
            return work(session, *job)
    finally:
        # Among what the job made: what is kept from those before would be gone through each time.
        gc.collect(0)


@computed_once()
def _database_at(url: str) -> Database:
    return Database(url)


def _prepare() -> None:
    with suppress(OSError):
        os.nice(_NICENESS)
    # A job makes tens of thousands of values that live until its end: garbage is looked for then,
    # not among them, nor among the modules.
    gc.freeze()
    gc.disable()
    # Whoever interrupts a terminal interrupts the parent, which stops them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Who waits for its end waits for no cleaning: it holds nothing but a connection that reads.
    atexit.register(monde.exit_now, 0)
    monde.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed can't stop its processes."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    monde.exit_now(1)
