"""Parts of the spool that could not be stored: noted in the journal, their bytes kept in files.

An *avarie* is a place of a file of the spool whose records are missing in the journal. The user
sees them by `sge-sim journal repair`; until they are acknowledged, the journal isn't well.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, get_args

from sqlalchemy import Connection, func, insert, select, update

from sge_sim.clock import machine_now
from sge_sim.domaine.francais import counted
from sge_sim.journal.records import avarie, instant_of, microseconds
from sge_sim.machine.files import PRIVATE, make_private_folder, write_atomically

CauseAvarie = Literal["abime", "illisible", "entete", "disparu", "inacheve"]
"""`abime`: the disk spoilt it; `illisible`: whole, but nothing that can be stored; `entete`: the
header of the file; `disparu`: the file, or its end, is gone; `inacheve`: its process ended as it
wrote it, before it answered, so nothing is missing."""

_HARMLESS: Final[CauseAvarie] = "inacheve"
SUFFIX: Final = ".avarie"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Avarie:
    """A place of a file of the spool that could not be stored.

    `start` and `octets` are bytes of the file `spool`, `echanges` the records that are missing,
    `instant` the machine's when it was found. `file` holds the bytes, None where they aren't kept
    on this machine.
    """

    spool: str
    start: int
    cause: CauseAvarie
    octets: int
    echanges: int
    instant: datetime
    acquitte: bool
    file: Path | None


@dataclass(frozen=True, slots=True)
class Found:
    """An avarie as a drainer finds it; `content` is what stands there."""

    spool: str
    start: int
    cause: CauseAvarie
    echanges: int
    content: bytes = b""


def keep(folder: Path, found: Sequence[Found], most: int) -> None:
    """Leave the bytes of avaries in files of `folder`, a file each, the same if it is done twice.

    They hold at most `most` bytes: of what comes then, the bytes aren't kept. Where the disk
    refuses them, a line of log says so.
    """
    try:
        make_private_folder(folder)
        kept = sum(file.stat().st_size for file in folder.glob(f"*{SUFFIX}"))
        for damage in found:
            kept += len(damage.content)
            if damage.content and kept <= most:
                write_atomically(
                    folder / _name(damage.spool, damage.start),
                    damage.content,
                    PRIVATE,
                )
    except OSError as error:
        _log.warning("Des octets du journal écartés ne peuvent pas être gardés : %s.", error)


def note(connection: Connection, found: Iterable[Found]) -> None:
    """Write avaries in the journal, once each."""
    known = {
        (row.spool, row.debut, row.cause)
        for row in connection.execute(select(avarie.c.spool, avarie.c.debut, avarie.c.cause))
    }
    rows = [
        {
            "spool": damage.spool,
            "debut": damage.start,
            "cause": damage.cause,
            "octets": len(damage.content),
            "echanges": damage.echanges,
            "instant": microseconds(machine_now()),
            "acquitte": False,
        }
        for damage in found
        if (damage.spool, damage.start, damage.cause) not in known
    ]
    if rows:
        connection.execute(insert(avarie), rows)
        _log.warning(
            "%s dans les échanges en attente : sge-sim journal repair dit où.",
            counted(len(rows), "avarie"),
        )


def read_avaries(connection: Connection, folder: Path) -> list[Avarie]:
    """Return all avaries, in the order of their files and places; their bytes are in `folder`."""
    found = []
    for row in connection.execute(select(avarie).order_by(avarie.c.spool, avarie.c.debut)):
        file = folder / _name(row.spool, row.debut)
        assert row.cause in get_args(CauseAvarie)
        found.append(
            Avarie(
                spool=row.spool,
                start=row.debut,
                cause=row.cause,
                octets=row.octets,
                echanges=row.echanges,
                instant=instant_of(row.instant),
                acquitte=row.acquitte,
                file=file if row.octets and file.is_file() else None,
            )
        )
    return found


def count_missing(connection: Connection) -> int:
    """Return how many records are missing, acknowledged or not."""
    missing = select(func.sum(avarie.c.echanges)).where(avarie.c.cause != _HARMLESS)
    return int(connection.scalar(missing) or 0)


def count_open(connection: Connection) -> int:
    """Return how many avaries nobody has acknowledged yet."""
    waiting = select(func.count()).select_from(avarie)
    return int(
        connection.scalar(waiting.where(~avarie.c.acquitte).where(avarie.c.cause != _HARMLESS)) or 0
    )


def acknowledge(connection: Connection) -> None:
    """Take all avaries as seen."""
    connection.execute(update(avarie).values(acquitte=True))


def _name(spool: str, start: int) -> str:
    return f"{Path(spool).stem}-{start:08d}{SUFFIX}"
