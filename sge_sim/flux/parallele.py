"""Work that several processes share, each reading the database by itself."""

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sge_sim.store.database import Database

T = TypeVar("T")

_NICENESS = 5
"""Below those who answer: a publication can wait."""

_database: Database | None = None


def in_processes(
    session: Session, work: Callable[..., T], jobs: Sequence[tuple[Any, ...]], processes: int
) -> Iterator[T]:
    """Yield what `work` returns for each of the jobs, in their order.

    It is called with a session of its own, then the values of the job: a function of a module and
    values that can be pickled. Few results wait at once, whatever the number of jobs.
    """
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    url = engine.url.render_as_string(hide_password=False)
    # Spawned: a fork would take over the threads' locks and the connections.
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, context, _prepare, (url,)) as pool:
        waiting: deque[Future[T]] = deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(_run, work, job))
                if len(waiting) > processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _prepare(url: str) -> None:
    global _database
    _database = Database(url)
    with suppress(OSError):
        os.nice(_NICENESS)
    # A job makes tens of thousands of values that live until its end: garbage is looked for then,
    # not among them, nor among the modules.
    gc.freeze()
    gc.disable()
    # Whoever interrupts a terminal interrupts the parent, which stops them.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed can't stop its processes."""
    parent = parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _run(work: Callable[..., T], job: tuple[Any, ...]) -> T:
    assert _database is not None
    try:
        with _database.sessions() as session:
            return work(session, *job)
    finally:
        gc.collect()
