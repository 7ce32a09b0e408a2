"""The format of a record in a file of the spool: damaged bytes are skipped.

A head holds the record's number in its file, its lengths and the checksum of what follows; it has a
checksum of its own, that begins from the file's name. So a head is found again behind any damage,
and nothing that a caller sends, or that another file held, is taken for one.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from zlib import crc32

from sge_sim.journal.records import BODY_MAX, EchangeRecord, encode

# A mark, the number, the three lengths, the checksum of fields and bodies, that of the head so far.
# The lengths are those of the fields and the bodies, one more for each body: 0 says there is none.
_MARK: Final = b"\xf5ECH"
_HEAD_FIELDS: Final = struct.Struct("<4sIIIII")
_CHECK: Final = struct.Struct("<I")
HEAD: Final = _HEAD_FIELDS.size + _CHECK.size


@dataclass(frozen=True, slots=True)
class Frame:
    """A record as it stands in a file: its fields as `encode` wrote them, its bodies.

    `start` and `end` are its place in the file, `number` its rank there. The bodies are views of
    what was read.
    """

    start: int
    end: int
    number: int
    fields: bytes
    request: memoryview | None
    response: memoryview | None


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of a file that hold no record any more.

    `records` counts those that are missing there: 0 where a gap goes on with what one before has
    counted. `cut`: the record ends with the file: its process ended as it wrote it, before it
    answered, so nothing is missing.
    """

    start: int
    end: int
    records: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class _FrameHead:
    number: int
    fields: int
    request: int
    response: int
    checksum: int

    @property
    def length(self) -> int:
        """The length of the whole record."""
        return HEAD + self.fields + max(self.request - 1, 0) + max(self.response - 1, 0)


def seed_of(name: str) -> int:
    """Return what the checksums of the heads of the file `name` begin from."""
    return crc32(name.encode())


def framed(record: EchangeRecord, number: int, seed: int) -> list[bytes]:
    """Return the head, the fields and the bodies of a record, each of them within its bound.

    It is the `number`-th of a file whose checksums begin from `seed`.
    """
    fields, request, response = encode(record), record.request, record.response
    before, after = (request or b"")[:BODY_MAX], (response or b"")[:BODY_MAX]
    head = _HEAD_FIELDS.pack(
        _MARK,
        number,
        len(fields),
        0 if request is None else len(before) + 1,
        0 if response is None else len(after) + 1,
        crc32(after, crc32(before, crc32(fields))),
    )
    return [head + _CHECK.pack(crc32(head, seed)), fields, before, after]


def length_at_start(content: bytes, seed: int) -> int:
    """Return the length of the record that `content` starts with, 0 for no head."""
    head = _head_at(content, 0, seed)
    return 0 if head is None else head.length


def scan(
    content: bytes, start: int, number: int, seed: int, *, whole: bool, settled: bool
) -> Iterator[Frame | Gap]:
    """Yield the records and the gaps of `content`, that stands at `start` of a file, in order.

    `number` is the one that the next record should have. `whole`: the file ends with
    `content`, `settled` that what is missing at its end won't come any more: until then it is left
    for later, since its process may be writing it.
    """
    at, size = 0, len(content)
    while at < size:
        head = _head_at(content, at, seed)
        end = size if head is None else at + head.length
        if head is not None and end <= size and _is_sound(content, at, end, head):
            if head.number > number:
                yield Gap(start + at, start + at, head.number - number)
            yield _frame(content, at, start, head)
            at, number = end, max(number, head.number + 1)
            continue
        if head is None and not whole and size - at < HEAD:
            return
        cut = False
        after, following = _next_head(content, at + 1, min(end, size), seed)
        if following is not None:
            missing = max(following.number - number, 0)
        elif head is not None and (end < size or (end == size and (settled or not whole))):
            after, missing = end, max(head.number + 1 - number, 0)
        elif whole and settled:
            after, missing = size, 1 if head is None else max(head.number + 1 - number, 0)
            cut = head is not None or size - at < HEAD
        elif not whole and head is None:
            # Goes on in the next part, but for what may be the beginning of a head; whoever finds
            # the record that follows counts.
            after, missing = max(size - HEAD + 1, at + 1), 0
        else:
            return
        yield Gap(start + at, start + after, missing, cut)
        at, number = after, number + missing


def _head_at(content: bytes, at: int, seed: int) -> _FrameHead | None:
    if len(content) - at < HEAD:
        return None
    mark, *head = _HEAD_FIELDS.unpack_from(content, at)
    if mark != _MARK:
        return None
    (check,) = _CHECK.unpack_from(content, at + _HEAD_FIELDS.size)
    if check != crc32(content[at : at + _HEAD_FIELDS.size], seed):
        return None
    return _FrameHead(*head)


def _next_head(content: bytes, at: int, end: int, seed: int) -> tuple[int, _FrameHead | None]:
    """Return where the first head from `at` on, that begins before `end`, stands, and the head."""
    while (at := content.find(_MARK, at, end + len(_MARK) - 1)) >= 0:
        head = _head_at(content, at, seed)
        if head is not None:
            return at, head
        at += 1
    return end, None


def _is_sound(content: bytes, at: int, end: int, head: _FrameHead) -> bool:
    return crc32(memoryview(content)[at + HEAD : end]) == head.checksum


def _frame(content: bytes, at: int, start: int, head: _FrameHead) -> Frame:
    first = at + HEAD + head.fields
    second, end = first + max(head.request - 1, 0), at + head.length
    bodies = memoryview(content)
    return Frame(
        start + at,
        start + end,
        head.number,
        content[at + HEAD : first],
        bodies[first:second] if head.request else None,
        bodies[second:end] if head.response else None,
    )
