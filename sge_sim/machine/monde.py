"""The seams: all that a simulator asks of the world and that may fail, be late, or be its last act.

Each is an attribute of this module, and callers look it up at each call (`monde.replace(…)`): a
simulation of the world puts its own in place of any of them, and nothing else has to know. Those
that are made into objects (`Lock`, `Event`…) are looked up where the object is made; some are made
when a module is imported, so put yours before the rest of `sge_sim` is.

What passes here: whatever a served simulator, or what runs in its processes, writes, renames,
removes, locks, waits for, commits, connects to, starts or draws by chance. Reading files doesn't,
nor do the pipes and signals between its own processes, the sockets that it listens on, and what
stands on the other side of it (clients, commands that write a user's own files, files in bulk).
`tests/machine/test_monde.py` reads the source for ways around, and says why for each exception.

=====================  =============================================================================
files                  `open(path, flags, mode)`, `fdopen(handle, mode, …)`, `pwrite(handle, bytes,
                       position)`, `pwritev(handle, parts, position)`, `ftruncate(handle, size)`,
                       `fsync(handle)`, `fchmod(handle, mode)`
names of files         `mkdir(path, mode, exist_ok=)`, `rename(path, new)`, `replace(path, new)`,
                       `unlink(path, missing_ok=)`, `rmtree(folder)`
temporary files        `new_name()`, from which `new_file(folder, prefix, suffix)` makes its
                       own; `nameless_file(folder)`, `temporary_folder()`
locks                  `flock(handle, how)`, `lockf(handle, how)`, `Lock()`, `RLock()`, `Event()`,
                       `Semaphore(count)`, `BoundedSemaphore(count)`
time                   `sleep(seconds)`; what time it is, `sge_sim.clock` alone asks:
                       `clock.read_instant(zone)`, `clock.read_epoch()`, `clock.read_stopwatch()`
works                  `Thread(…)`, `fork()`, `spawn(count, prepare)`, `kill(pid, signal)`,
                       `exit_now(code)`
databases              `connect(file, …)`; then of a driver's connection `begin_writing`, `commit`,
                       `switch_to_wal` (readers never wait for the writer), `checkpoint`, and
                       `backup(origin, target, …)`
channels               `ftp(timeout)`, a client that isn't connected; `ssh(host, port, …)`
chance                 `urandom(size)`, from which `token(size)` makes its own
=====================  =============================================================================

SQLAlchemy opens SQLite's files, and commits, by these too (`sge_sim.facts.database`). Nothing is
kept without `commit`, `backup` or a checkpoint; what only reads, or what a later commit keeps, goes
to the driver itself. Errors are the driver's own.
"""

import fcntl
import os
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from operator import methodcaller
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from ftplib import FTP
    from sqlite3 import Connection
    from tempfile import TemporaryDirectory

    from asyncssh import SSHClientConnection

open, fdopen, pwrite, pwritev = os.open, os.fdopen, os.pwrite, os.pwritev
ftruncate, fsync, fchmod = os.ftruncate, os.fsync, os.fchmod
fork, kill, exit_now, urandom = os.fork, os.kill, os._exit, os.urandom
flock, lockf, sleep = fcntl.flock, fcntl.lockf, time.sleep
RLock, Semaphore = threading.RLock, threading.Semaphore
BoundedSemaphore = threading.BoundedSemaphore
Lock = threading.Lock  # by itself, which makes a type of it too
Event = threading.Event
Thread = threading.Thread
commit, begin_writing = methodcaller("commit"), methodcaller("execute", "BEGIN IMMEDIATE")
switch_to_wal = methodcaller("execute", "PRAGMA journal_mode = WAL")
checkpoint = methodcaller("execute", "PRAGMA wal_checkpoint(TRUNCATE)")
mkdir, rename, replace, unlink = Path.mkdir, Path.rename, Path.replace, Path.unlink


def rmtree(folder: Path) -> None:
    """Remove a folder with all that it holds, as far as that may be."""
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def new_name() -> str:
    """Return what makes a name new in its folder, whichever processes make others there."""
    return urandom(8).hex()


def new_file(folder: Path, prefix: str, suffix: str) -> tuple[int, Path]:
    """Make a file of a new name, for its owner alone; return it opened to read and write."""
    path = folder / f"{prefix}{new_name()}{suffix}"
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    return open(path, flags, 0o600), path


def nameless_file(folder: Path | None = None, buffering: int = -1) -> IO[bytes]:
    """Return a new file without a name, in `folder`, that is gone when it is closed."""
    from tempfile import TemporaryFile

    return TemporaryFile(dir=folder, buffering=buffering)


def temporary_folder() -> "TemporaryDirectory[str]":
    """Return a new folder apart from the data, for its owner alone, to be used by `with`."""
    from tempfile import TemporaryDirectory

    return TemporaryDirectory(prefix="sge-sim-")


def spawn(processes: int, prepare: Callable[[], None]) -> "Executor":
    """Return so many processes that work for this one; each calls `prepare` first.

    Spawned: a fork would take over the threads' locks and the connections.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    return ProcessPoolExecutor(processes, get_context("spawn"), prepare)


def connect(*args: Any, **options: Any) -> "Connection":
    """Open an SQLite file, as `sqlite3.connect` does."""
    import sqlite3

    connection: Connection = sqlite3.connect(*args, **options)
    return connection


def backup(origin: "Connection", target: "Connection", **options: Any) -> None:
    """Copy a database over another one, in one transaction."""
    origin.backup(target, **options)


def ftp(seconds: float) -> "FTP":
    """Return an FTP client that waits so long for each answer; it isn't connected yet."""
    from ftplib import FTP

    return FTP(timeout=seconds)  # noqa: S321 - what the contract annex declares


async def ssh(host: str, port: int, **options: Any) -> "SSHClientConnection":
    """Return a connection to an SSH server, as `asyncssh.connect` does."""
    import asyncssh

    return await asyncssh.connect(host, port, **options)


def token(size: int) -> str:
    """Return a secret of so many random bytes, in characters that a URL takes."""
    return urlsafe_b64encode(urandom(size)).rstrip(b"=").decode()
