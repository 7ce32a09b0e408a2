"""Files and folders of keys: private from their first byte, whole or absent, never half written."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE = 0o600
PUBLIC = 0o644
PRIVATE_FOLDER = 0o700


def make_private_folder(folder: Path) -> Path:
    """Make `folder` and its missing parents, readable by their owner alone; return it."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.exists():
            missing.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    return folder


def write_atomically(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write `content` beside `path`, then rename: a reader sees the old file or the new one."""
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
