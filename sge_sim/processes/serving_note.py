"""What a simulator that serves leaves for others: a note in its data folder, and the ready file.

Commands read in the note which simulator serves the folder now. It is believed as long as its
writer holds a lock on it, which ends with the writer, however it ends. The ready file is a
harness's.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import PRIVATE, check_writable, open_private, write_atomically

if TYPE_CHECKING:
    from sge_sim.domaine.nomenclatures import Environment

_FILE: Final = "en-service.json"
_SOON_SECONDS: Final = 2


@dataclass(frozen=True)
class Served:
    """A simulator that serves: its addresses, and the environment that it plays.

    `data_connect_url` is None where Data Connect isn't served.
    """

    admin_url: str
    b2b_url: str
    environment: "Environment"
    data_connect_url: str | None = None

    def read(self, path: str) -> Any:
        """Return the JSON at a path of its administration, None where it doesn't answer so.

        For what a command shows at once: `sge_sim.api.administration` says why it isn't answered.
        """
        status, content = self.ask(path, _SOON_SECONDS)
        return content if status == HTTPStatus.OK else None

    def ask(self, path: str, seconds: float) -> tuple[int, Any]:
        """Return the status and the JSON at a path of its administration; 0 where it doesn't
        answer in time."""
        from http.client import HTTPConnection, HTTPException

        address = urlsplit(self.admin_url)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=seconds)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()


@dataclass(frozen=True)
class Note:
    """The note of a data folder; `alone`: no other simulator serves the folder."""

    alone: bool
    _handle: int

    def announce(self, served: Served) -> None:
        """Write for commands that `served` serves the folder, unless another does already."""
        if self.alone:
            monde.ftruncate(self._handle, 0)
            monde.pwrite(self._handle, json.dumps(asdict(served)).encode(), 0)


@contextmanager
def serving(data_dir: Path) -> Iterator[Note]:
    """Give the note of `data_dir`, which is gone at the end.

    Where another simulator serves the same folder, it stays the one that commands ask.
    """
    handle = open_private(data_dir / _FILE)
    try:
        note = Note(_lock(handle, fcntl.LOCK_EX), handle)
        try:
            yield note
        finally:
            if note.alone:
                monde.unlink(data_dir / _FILE, missing_ok=True)
    finally:
        os.close(handle)


def find_served(data_dir: Path) -> Served | None:
    """Return the simulator that serves `data_dir`, if one does."""
    try:
        handle = os.open(data_dir / _FILE, os.O_RDONLY)
    except OSError:
        return None
    try:
        if _lock(handle, fcntl.LOCK_SH):
            return None  # its writer ended without a word
        return Served(**json.loads(os.pread(handle, 4096, 0)))
    except (ValueError, TypeError):
        return None  # still starting, or of another version
    finally:
        os.close(handle)


def check_environment(data_dir: Path, environment: "Environment") -> None:
    """Raise `UsageError` where another simulator serves `data_dir` as another environment.

    They would share orders, certificates and clock, and one would publish for both.
    """
    served = find_served(data_dir)
    if served is not None and served.environment != environment:
        raise UsageError(
            f"{data_dir} est déjà servi par un simulateur ({served.environment}, "
            f"{served.b2b_url}) : l'arrêter, ou démarrer celui-ci ({environment}) avec un autre "
            "--data-dir."
        )


class ReadyFile:
    """The file in which a harness reads how to connect, from readiness until the stop.

    None for a path is no file at all.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written = b""

    def clear(self) -> None:
        """Remove what an earlier simulator left; `OSError` or `UsageError` if it can't be written.

        Whoever waits for the file would take a simulator that is gone for this one.
        """
        if self._path is not None:
            check_writable(self._path)
            monde.unlink(self._path, missing_ok=True)

    def write(self, readiness: Mapping[str, Any]) -> None:
        """Write what a harness needs to connect, once both listeners accept.

        For its owner alone: it holds the secrets of the default applications.
        """
        if self._path is not None:
            self._written = (json.dumps(readiness, indent=2, ensure_ascii=False) + "\n").encode()
            write_atomically(self._path, self._written, PRIVATE)

    def remove(self) -> None:
        """Remove the file, unless another simulator has written its own since."""
        if self._path is None or not self._written:
            return
        try:
            if self._path.read_bytes() == self._written:
                monde.unlink(self._path)
        except OSError:
            pass  # gone already


def _lock(note: int, kind: int) -> bool:
    """Take a lock if nobody holds one against it; return whether it was taken."""
    try:
        monde.flock(note, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
