"""The spool: files where the processes that answer leave their records.

A file belongs to one process, which alone appends to it and holds a lock on it as long as it does.
It starts with a header, whose counter tells how many records that process had to give up; records
follow. A record is whole once its last four bytes are there.

Nothing is synced: what was appended outlives the process, however it ends; a crash of the machine
may take the last seconds.
"""

import fcntl
import logging
import os
import struct
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from sge_sim.clock import machine_now
from sge_sim.machine.files import make_private_folder
from sge_sim.store.journal.records import BODY_MAX, EchangeRecord, encode, microseconds

SUFFIX: Final = ".spool"
HEADER: Final = struct.Struct("<8sQ48x")
_MAGIC: Final = b"SGESPOOL"
_COUNTER: Final = struct.Struct("<Q")

# Begins with a mark; the three lengths are those of the fields and the bodies, one more for each
# body so that 0 says that there is none.
_FRAME: Final = struct.Struct("<4sIII")
_BEGIN: Final = b"\xf5ECH"
_END: Final = b"\xf5FIN"

_FILE_MAX: Final = 8 * 2**20
_READ: Final = 2 * 2**20

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Frame:
    """A record as it stands in a file: its fields as `encode` wrote them, its bodies."""

    fields: bytes
    request: bytes | None
    response: bytes | None


class SpoolWriter:
    """Appends the records of one process, from any number of threads. Make it after forking.

    `max_pending` bounds the bytes that may wait in the folder: beyond, records are given up until
    somebody drains.
    """

    def __init__(self, folder: Path, max_pending: int) -> None:
        self._folder = folder
        self._max_pending = max_pending
        self._mutex = Lock()
        self._file = -1
        self._end = 0
        self._told = 0
        self._given_up = 0
        self._failing = False

    @property
    def given_up(self) -> int:
        """How many records couldn't be written and aren't told by a file of the folder."""
        return self._given_up

    def append(self, record: EchangeRecord) -> None:
        """Record an exchange. Never raises: a record that can't be written is counted."""
        try:
            fields, request, response = encode(record), record.request, record.response
            request = request if request is None else request[:BODY_MAX]
            response = response if response is None else response[:BODY_MAX]
            header = _FRAME.pack(
                _BEGIN,
                len(fields),
                0 if request is None else len(request) + 1,
                0 if response is None else len(response) + 1,
            )
            with self._mutex:
                self._write([header, fields, request or b"", response or b"", _END])
            self._failing = False
        except Exception as error:
            self._on_failure(error)

    def close(self) -> None:
        """Let go of the file: whoever drains it removes it."""
        with self._mutex:
            self._let_go()

    def _write(self, parts: list[bytes]) -> None:
        if self._file < 0 or self._end >= _FILE_MAX:
            self._open()
        length = sum(map(len, parts))
        written = os.pwritev(self._file, parts, self._end)
        if written != length:
            os.ftruncate(self._file, self._end)
            raise OSError(f"{written} octets écrits sur {length}, disque plein")
        self._end += length

    def _open(self) -> None:
        make_private_folder(self._folder)
        if pending(self._folder) > self._max_pending:
            raise OSError("trop d'échanges attendent d'être rangés")
        # In the order of the names, files are drained as they were begun.
        begun = f"{microseconds(machine_now()):x}-"
        file, name = tempfile.mkstemp(dir=self._folder, prefix=begun, suffix=".new")
        try:
            # Locked before it has its name: an unlocked file of this name may be removed.
            fcntl.flock(file, fcntl.LOCK_EX)
            os.pwrite(file, HEADER.pack(_MAGIC, self._given_up), 0)
            Path(name).rename(name.removesuffix(".new") + SUFFIX)
        except OSError:
            os.close(file)
            Path(name).unlink(missing_ok=True)
            raise
        self._let_go()
        self._file, self._end, self._given_up, self._told = file, HEADER.size, 0, self._given_up

    def _let_go(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._file = -1

    def _on_failure(self, error: Exception) -> None:
        with self._mutex:
            first, self._failing = not self._failing, True
            try:
                # In place, which takes no room on a full disk.
                os.pwrite(self._file, _COUNTER.pack(self._told + 1), len(_MAGIC))
                self._told += 1
            except OSError:
                self._given_up += 1
                self._let_go()
        if first:
            _log.warning(
                "Le journal ne peut pas être écrit (%s) : des échanges y manqueront.", error
            )


def spool_files(folder: Path) -> dict[str, int]:
    """Return the size of each file of the spool, by its name; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            names = [entry for entry in entries if entry.name.endswith(SUFFIX)]
            sizes = {}
            for entry in names:
                with suppress(FileNotFoundError):
                    sizes[entry.name] = entry.stat().st_size
            return sizes
    except (FileNotFoundError, NotADirectoryError):
        return {}


def pending(folder: Path) -> int:
    """Return how many bytes the files of the spool hold, stored already or not."""
    return sum(spool_files(folder).values())


def records_given_up(file: Path) -> int:
    """Return the counter of a file: the records that its process had to give up."""
    with file.open("rb") as opened:
        header = opened.read(HEADER.size)
    if len(header) < HEADER.size:
        return 0
    count: int = HEADER.unpack(header)[1]
    return count


def read_frames(file: Path, start: int) -> tuple[list[Frame], int]:
    """Return some of the whole records of `file` from the position `start`, and where they end.

    About two megabytes at a time; nothing is returned once everything whole was read.
    """
    with file.open("rb") as opened:
        content = os.pread(opened.fileno(), _READ, start)
        wanted = _length(content)
        if wanted is not None and wanted > len(content):
            content = os.pread(opened.fileno(), wanted, start)
    frames, end = [], 0
    for frame, after in _frames(content):
        frames.append(frame)
        end = after
    return frames, start + end


def _length(content: bytes) -> int | None:
    """Return the length of the record that `content` starts with, None for no record."""
    if len(content) < _FRAME.size:
        return None
    mark, fields, request, response = _FRAME.unpack_from(content)
    if mark != _BEGIN:
        return None
    bodies = max(request - 1, 0) + max(response - 1, 0)
    return int(_FRAME.size + fields + bodies + len(_END))


def _frames(content: bytes) -> Iterator[tuple[Frame, int]]:
    at = 0
    while (length := _length(content[at : at + _FRAME.size])) is not None:
        end = at + length
        if content[end - len(_END) : end] != _END:
            return
        _, fields, request, response = _FRAME.unpack_from(content, at)
        first = at + _FRAME.size + fields
        second = first + max(request - 1, 0)
        yield (
            Frame(
                content[at + _FRAME.size : first],
                content[first:second] if request else None,
                content[second : end - len(_END)] if response else None,
            ),
            end,
        )
        at = end
