"""Files and folders, written whole or not at all, and private from their first byte if asked."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sge_sim.errors import UsageError

PRIVATE = 0o600
PUBLIC = 0o644
PRIVATE_FOLDER = 0o700


def make_private_folder(folder: Path) -> Path:
    """Make `folder` and its missing parents, readable by their owner alone; return it."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return folder


def write_atomically(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write `content` beside `path`, then rename: a reader sees the old file or the new one.

    An `OSError` names `path`. What is there and isn't a regular file (a device, a pipe) stays:
    `UsageError`.
    """
    _refuse_special(path)
    with _told_of(path):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.chmod(mode)
            beside.replace(path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise


def check_writable(path: Path) -> None:
    """Raise `OSError` or `UsageError`, as `write_atomically` would, when `path` can't be written.

    For work that is long: better known before it than after.
    """
    _refuse_special(path)
    with _told_of(path), tempfile.TemporaryFile(dir=path.parent):
        pass


def _refuse_special(path: Path) -> None:
    """Raise `UsageError` if `path` is there and isn't a regular file."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} n'est pas un fichier ordinaire : en donner un autre.")


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Have an `OSError` name `path`, whatever file beside it was tried."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def make_folder_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Make `folder` with what `fill` writes into it, unless it is there; return it.

    `fill` works in a folder beside, which is then renamed. When several processes start at once,
    the first to finish wins and the others drop what they made.
    """
    if folder.is_dir():
        return folder
    make_private_folder(folder.parent)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        fill(beside)
        beside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for oneself: other processes that ask for it wait."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
