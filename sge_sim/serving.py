"""Which simulator serves a data folder now, for the commands that had better ask it."""

import json
import os
from pathlib import Path
from typing import Any, Final

from sge_sim.pki.files import PRIVATE, write_atomically

_FILE: Final = "en-service.json"


def announce_serving(data_dir: Path, admin_url: str) -> None:
    """Note in `data_dir` that this process serves it, with its administration at `admin_url`."""
    text = json.dumps({"pid": os.getpid(), "admin_url": admin_url})
    write_atomically(data_dir / _FILE, text.encode(), PRIVATE)


def withdraw_serving(data_dir: Path) -> None:
    """Take the note back, unless another process has written its own since."""
    if _read(data_dir).get("pid") == os.getpid():
        (data_dir / _FILE).unlink(missing_ok=True)


def serving_admin(data_dir: Path) -> str | None:
    """Return the administration's address of the simulator that serves `data_dir`, if one does."""
    note = _read(data_dir)
    try:
        os.kill(note["pid"], 0)
    except (KeyError, ProcessLookupError):
        return None  # never started, or ended without a word
    except PermissionError:
        pass  # it runs as another user
    return str(note["admin_url"])


def _read(data_dir: Path) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads((data_dir / _FILE).read_text())
    except (OSError, ValueError):
        return {}
    return note
