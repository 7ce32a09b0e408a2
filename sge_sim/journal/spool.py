"""The spool: files where the processes that answer leave their records.

A file belongs to one process, which alone appends to it and holds a lock on it as long as it does.
It starts with a header, that says how many records that process had to give up and up to where it
may grow; records follow (`frames`).

Nothing is synced: what was appended outlives the process, however it ends; a crash of the machine
may take the last seconds.
"""

import errno
import fcntl
import logging
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from zlib import crc32

from sge_sim.clock import machine_now
from sge_sim.journal.frames import HEAD, Frame, Gap, framed, length_at_start, scan, seed_of
from sge_sim.journal.records import EchangeRecord, microseconds
from sge_sim.machine import monde
from sge_sim.machine.files import make_private_folder

SUFFIX: Final = ".spool"
PAGE: Final = ".page"
"""What a file that is stored, but for bodies, has behind its name."""
HEADER: Final = 64
"""Where the records of a file begin."""
_HEADER_FIELDS: Final = struct.Struct("<8sQQ")
_CHECK: Final = struct.Struct("<I")
_MAGIC: Final = b"SGESPOO2"

_FILE_MAX: Final = 8 * 2**20
_SHARE: Final = 8
"""A new file takes at most this part of the room that is left, so that others have some."""
_READ: Final = 2 * 2**20
_BLOCK: Final = 4096
_LOOKS_APART: Final = timedelta(seconds=1)
_NEVER: Final = datetime.min.replace(tzinfo=UTC)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file; `sound` is False where the disk damaged it, the rest being 0."""

    given_up: int
    limit: int
    sound: bool = True

    def packed(self, seed: int) -> bytes:
        """Return the bytes that a file starts with."""
        described = _HEADER_FIELDS.pack(_MAGIC, self.given_up, self.limit)
        return (described + _CHECK.pack(crc32(described, seed))).ljust(HEADER, b"\0")


class SpoolWriter:
    """Appends the records of one process, from any number of threads. Make it after forking.

    `max_pending` bounds the bytes that may wait in the folder, whichever processes write there:
    beyond, records are given up until somebody drains.
    """

    def __init__(self, folder: Path, max_pending: int) -> None:
        self._folder = folder
        self._max_pending = max_pending
        self._mutex = monde.Lock()
        self._file = -1
        self._seed = 0
        self._end = 0
        self._limit = 0
        self._number = 0
        self._looked = _NEVER
        self._counted = 0
        self._given_up = 0
        self._failing = False

    @property
    def given_up(self) -> int:
        """How many records couldn't be written and aren't counted by a file of the folder."""
        return self._given_up

    def append(self, record: EchangeRecord) -> None:
        """Record an exchange. Never raises: a record that can't be written is counted."""
        try:
            with self._mutex:
                self._write(record)
            self._failing = False
        except Exception as error:
            self._on_failure(error)

    def close(self) -> None:
        """Let go of the file: whoever drains it removes it."""
        with self._mutex:
            self._let_go()

    def _write(self, record: EchangeRecord) -> None:
        if not self._looked <= record.machine_instant < self._looked + _LOOKS_APART:
            self._look(record.machine_instant)
        parts = framed(record, self._number, self._seed)
        length = sum(map(len, parts))
        if self._end + length > self._limit:
            self._open(length)
            parts = framed(record, self._number, self._seed)
        written = monde.pwritev(self._file, parts, self._end)
        if written != length:
            monde.ftruncate(self._file, self._end)
            raise OSError(f"{written} octets écrits sur {length}, disque plein")
        self._end += length
        self._number += 1

    def _look(self, instant: datetime) -> None:
        """Let go of the file if somebody removed it."""
        self._looked = instant
        if self._file >= 0 and os.fstat(self._file).st_nlink == 0:
            self._given_up += self._counted
            self._let_go()

    def _open(self, length: int) -> None:
        make_private_folder(self._folder)
        least = HEADER + length
        limit = max(least, min(_FILE_MAX, self._room(least) // _SHARE))
        # In the order of the names, files are drained as they were begun.
        begun = f"{microseconds(machine_now()):x}-"
        file, new = monde.new_file(self._folder, begun, ".new")
        path = new.with_suffix(SUFFIX)
        try:
            # Locked before it has its name: an unlocked file of this name may be removed.
            monde.flock(file, fcntl.LOCK_EX)
            seed = seed_of(path.name)
            monde.pwrite(file, Header(self._given_up, limit).packed(seed), 0)
            monde.rename(new, path)
            self._room(0)  # others see what this file may take; they may have come in between
        except OSError:
            os.close(file)
            monde.unlink(new, missing_ok=True)
            monde.unlink(path, missing_ok=True)
            raise
        self._let_go()
        self._file, self._seed, self._end, self._limit = file, seed, HEADER, limit
        self._number, self._given_up, self._counted = 0, 0, self._given_up

    def _room(self, least: int) -> int:
        """Return how many bytes may still come to the folder; `OSError` if fewer than `least`."""
        sizes = spool_files(self._folder)
        left = self._max_pending - sum(sizes.values())
        if least <= left:
            left -= sum(_reserved(self._folder / name, size) for name, size in sizes.items())
        if least > left:
            raise OSError("trop d'échanges attendent d'être rangés")
        return left

    def _let_go(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
        self._file, self._limit, self._counted = -1, 0, 0

    def _on_failure(self, error: Exception) -> None:
        with self._mutex:
            first, self._failing = not self._failing, True
            try:
                # In place, which takes no room on a full disk.
                header = Header(self._counted + 1, self._limit).packed(self._seed)
                monde.pwrite(self._file, header, 0)
                self._counted += 1
            except OSError:
                self._given_up += 1
                self._let_go()
        if first:
            _log.warning(
                "Le journal ne peut pas être écrit (%s) : des échanges y manqueront.", error
            )


def spool_files(folder: Path, suffix: str = SUFFIX) -> dict[str, int]:
    """Return the size of each file of the spool, by its name; none where there is no folder."""
    try:
        with os.scandir(folder) as entries:
            names = [entry for entry in entries if entry.name.endswith(suffix)]
            sizes = {}
            for entry in names:
                with suppress(FileNotFoundError):
                    sizes[entry.name] = entry.stat(follow_symlinks=False).st_size
            return sizes
    except (FileNotFoundError, NotADirectoryError):
        return {}


def read_header(file: Path) -> Header:
    """Return the header of a file; one that isn't sound counts nothing."""
    with file.open("rb") as opened:
        header = _pread(opened.fileno(), HEADER, 0)
    if len(header) < HEADER:
        return Header(0, 0, sound=False)
    magic, given_up, limit = _HEADER_FIELDS.unpack_from(header)
    (check,) = _CHECK.unpack_from(header, _HEADER_FIELDS.size)
    if magic != _MAGIC or check != crc32(header[: _HEADER_FIELDS.size], seed_of(file.name)):
        return Header(0, 0, sound=False)
    return Header(given_up, limit)


def read_part(file: Path, start: int, number: int, *, settled: bool) -> list[Frame | Gap]:
    """Return some of the records and gaps of `file` from the position `start`.

    `number` is that of the record expected there. About two megabytes at a time; nothing is
    returned once everything whole was read. `settled`: nobody goes on writing there.
    """
    with file.open("rb") as opened:
        handle, seed = opened.fileno(), seed_of(file.name)
        size = os.fstat(handle).st_size
        content = _pread(handle, _READ, start)
        wanted = length_at_start(content, seed)
        if wanted > len(content):
            content = _pread(handle, wanted, start)
    whole = start + len(content) >= size
    return list(scan(content, start, number, seed, whole=whole, settled=settled))


def frame_at(folder: Path, name: str, start: int) -> Frame | None:
    """Return the record that stands at `start` of a file or of the page that it is now.

    None where the disk spoilt it. Raises `FileNotFoundError`.
    """
    try:
        opened = (folder / name).open("rb")
    except FileNotFoundError:
        opened = (folder / (name + PAGE)).open("rb")
    with opened:
        handle, seed = opened.fileno(), seed_of(name)
        length = length_at_start(_pread(handle, HEAD, start), seed)
        items = scan(_pread(handle, length, start), start, 0, seed, whole=True, settled=True)
        return next((item for item in items if isinstance(item, Frame)), None)


@contextmanager
def abandoned(file: Path) -> Iterator[bool]:
    """Tell whether no process appends to a file any more; none begins to before the end."""
    with file.open("rb") as opened:
        try:
            monde.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _reserved(file: Path, size: int) -> int:
    """Return how much a file may still grow: nothing once its process is gone."""
    try:
        with abandoned(file) as left:
            return 0 if left else max(read_header(file).limit - size, 0)
    except FileNotFoundError:
        return 0


def _pread(handle: int, length: int, start: int) -> bytes:
    """Read at a position; where the disk can't read a block, zeros stand for it."""
    try:
        return os.pread(handle, length, start)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
    end = min(start + length, os.fstat(handle).st_size)
    middle = -(-(start + end) // (2 * _BLOCK)) * _BLOCK
    if middle >= end:
        return bytes(max(end - start, 0))
    return _pread(handle, middle - start, start) + _pread(handle, end - middle, middle)
