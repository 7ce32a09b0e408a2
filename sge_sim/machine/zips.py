"""Zip archives: made of their contents alone, so always to the same bytes, and read with care."""

import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sge_sim.machine.files import PUBLIC

Moment = tuple[int, int, int, int, int, int]

_UNIX: Final = 3
_FIRST: Final[Moment] = (1980, 1, 1, 0, 0, 0)


def member_info(
    name: str, moment: Moment = _FIRST, *, mode: int = PUBLIC, stored: bool = False
) -> ZipInfo:
    """Return how a member is described; the machine's time is not in it.

    `moment` is its date to the second, the first that a zip knows unless it is given; `stored`
    leaves it uncompressed.
    """
    member = ZipInfo(name, moment)
    member.create_system = _UNIX
    member.external_attr = mode << 16
    member.compress_type = ZIP_STORED if stored else ZIP_DEFLATED
    return member


def zipped(members: Iterable[tuple[ZipInfo, bytes]], comment: bytes = b"") -> bytes:
    """Return an archive of `members`."""
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        archive.comment = comment
        for info, content in members:
            archive.writestr(info, content)
    return buffer.getvalue()


def zip_members(content: bytes) -> Iterator[tuple[ZipInfo, Callable[[], bytes]]]:
    """Yield the members of an archive, each with what reads it: look at its size first.

    Raises `ValueError` for what isn't an archive, and so does reading a damaged member.
    """
    try:
        archive = ZipFile(io.BytesIO(content))
    except Exception as error:  # zipfile has no common one: a damaged byte may raise anything
        raise ValueError(str(error)) from None
    for info in archive.infolist():
        yield info, partial(_read, archive, info)


def _read(archive: ZipFile, info: ZipInfo) -> bytes:
    try:
        return archive.read(info)
    except Exception as error:
        raise ValueError(f"{info.filename} : {error}") from None
