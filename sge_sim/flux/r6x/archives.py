"""Writes archives point by point: what was written is never held, nor is the archive."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final
from zipfile import ZIP_DEFLATED, ZipFile

from sge_sim.clock import PARIS
from sge_sim.flux.atelier import LIMITES, Limites
from sge_sim.machine import monde
from sge_sim.machine.documents import member_info

_PIECE: Final = 1 << 20
_LEVEL: Final = 1
"""Of zlib: four times as fast as its default, a quarter more bytes; half the time of a curve went
there."""


@dataclass(frozen=True)
class PointEcrit:
    """A point of a file: its text comes by pieces, as it is asked for."""

    prm: str
    morceaux: Iterable[bytes]


@dataclass(frozen=True)
class ArchiveEcrite:
    """An archive that is ready, in a file without a name; `prms` are those it tells about."""

    sequence: int
    file: IO[bytes]
    prms: tuple[str, ...]

    def morceaux(self) -> Iterator[bytes]:
        """Yield its bytes, and let go of it."""
        with self.file:
            self.file.seek(0)
            while piece := self.file.read(_PIECE):
                yield piece


def write_archives(
    points: Iterable[PointEcrit],
    *,
    head: bytes,
    tail: bytes,
    member: Callable[[int], str],
    creation: datetime,
    folder: Path | None,
    limites: Limites = LIMITES,
) -> Iterator[ArchiveEcrite]:
    """Yield the archives of these points, each of one file `head` + points + `tail`, sequences
    from 1 on; none without a point. `folder` is where they are kept meanwhile."""
    remaining = iter(points)
    first = next(remaining, None)
    sequence = 0
    while first is not None:
        sequence += 1
        prms: list[str] = []
        written = 0
        # The next point is asked for before the archive is closed: it may be the last.
        file = monde.nameless_file(folder)  # closed by who reads it
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            info = member_info(member(sequence), creation.astimezone(PARIS))
            with archive.open(info, "w", force_zip64=True) as out:
                out.write(head)
                while first is not None:
                    if prms:
                        out.write(b",")
                    for piece in first.morceaux:
                        written += out.write(piece)
                    prms.append(first.prm)
                    first = next(remaining, None)
                    if (
                        len(prms) >= limites.points
                        or written >= limites.octets
                        # zlib holds some bytes back; a point is far smaller than a tenth.
                        or file.tell() >= limites.octets_zip * 9 // 10
                    ):
                        break
                out.write(tail)
        yield ArchiveEcrite(sequence, file, tuple(dict.fromkeys(prms)))
