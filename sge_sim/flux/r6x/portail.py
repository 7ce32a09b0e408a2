"""The CSV that the portal gives of a demand, made from the JSON archive when it is asked for.

It is made point by point: a curve of two years, read whole, would take gigabytes.
"""

import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from shutil import copyfileobj
from types import MappingProxyType
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sge_sim.domaine.nomenclatures import FluxM023
from sge_sim.flux.r6x.tableau import write_csv

POINTS_EN_CSV: Final[Mapping[FluxM023, int]] = MappingProxyType(
    {"R63": 100, "R64": 100, "R65": 1000, "R66": 1000, "R67": 1000, "C68": 1000}
)
"""The points of a demand in CSV, at most (GUI 0502; R67 and C68 assumed)."""

_MESURES: Final = '"mesures":['
_PIECE: Final = 1 << 20


def portal_archive(archive: IO[bytes]) -> IO[bytes]:
    """Return an archive that has CSV files where one of ours has JSON, under the same names.

    It is an open file without a name, to be read from its beginning.
    """
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed by who reads it
    with ZipFile(archive) as given, ZipFile(made, "w") as written:
        for member in given.infolist():
            with given.open(member) as content:
                if member.filename.endswith(".zip"):
                    info = _like(member, member.filename, ZIP_STORED)
                    with portal_archive(content) as inner, written.open(info, "w") as out:
                        copyfileobj(inner, out)
                    continue
                nom = f"{member.filename.rpartition('.')[0]}.csv"
                info = _like(member, nom, ZIP_DEFLATED)
                with (
                    written.open(info, "w", force_zip64=True) as out,
                    io.TextIOWrapper(content, "utf-8") as text,
                    io.TextIOWrapper(out, "utf-8", newline="") as rows,
                ):
                    write_csv(read_points(text), rows)
    made.seek(0)
    return made


def read_points(text: IO[str]) -> Iterator[Any]:
    """Yield a document that we wrote point by point: each time the whole of it, with one point."""
    held = text.read(_PIECE)
    if held.startswith("["):
        head, held = None, held[1:]
    else:
        before, found, held = held.partition(_MESURES)
        if not found:
            yield json.loads(before + text.read())
            return
        head = json.loads(f"{before}{_MESURES}]}}")
    decoder = json.JSONDecoder()
    while not held.startswith("]"):
        try:
            point, end = decoder.raw_decode(held)
        except ValueError:
            # A point may be of any length: what is held doubles until it is whole.
            more = text.read(len(held) + _PIECE)
            if not more:
                raise
            held += more
            continue
        yield [point] if head is None else {**head, "mesures": [point]}
        held = (held[end:] or text.read(_PIECE)).removeprefix(",") or text.read(_PIECE)


def _like(member: ZipInfo, nom: str, compression: int) -> ZipInfo:
    info = ZipInfo(nom, member.date_time)
    info.create_system, info.external_attr = member.create_system, member.external_attr
    info.compress_type = compression
    return info
