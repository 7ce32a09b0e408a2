"""Which simulator serves a data folder now, for the commands that had better ask it.

The note is believed as long as its writer holds a lock on it, which ends with the writer, however
it ends.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sge_sim.files import PRIVATE

_FILE: Final = "en-service.json"


@contextmanager
def serving(data_dir: Path) -> Iterator[Callable[[str], None]]:
    """Give what notes in `data_dir` that this process serves it, at its administration's address.

    The note is gone at the end. Where another simulator serves the same folder, it stays the one
    that commands ask, and nothing is noted.
    """
    note = os.open(data_dir / _FILE, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        alone = _lock(note, fcntl.LOCK_EX)

        def announce(admin_url: str) -> None:
            if alone:
                os.ftruncate(note, 0)
                os.pwrite(note, json.dumps({"admin_url": admin_url}).encode(), 0)

        yield announce
        if alone:
            (data_dir / _FILE).unlink(missing_ok=True)
    finally:
        os.close(note)


def serving_admin(data_dir: Path) -> str | None:
    """Return the administration's address of the simulator that serves `data_dir`, if one does."""
    try:
        note = os.open(data_dir / _FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        if _lock(note, fcntl.LOCK_SH):
            return None  # its writer ended without a word
        admin_url: str = json.loads(os.pread(note, 4096, 0))["admin_url"]
    except ValueError:
        return None  # still starting
    finally:
        os.close(note)
    return admin_url


def _lock(note: int, kind: int) -> bool:
    """Take a lock if nobody holds one against it; tell whether it was taken."""
    try:
        fcntl.flock(note, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
