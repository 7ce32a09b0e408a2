"""Parts of the spool that could not be stored, noted in the journal.

An *avarie* is a place of a file of the spool whose records are missing in the journal. The user
sees them by `sge-sim journal repair`; until they are acknowledged, the journal isn't well.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, func, insert, select, update

from sge_sim.clock import machine_now
from sge_sim.domaine.francais import counted
from sge_sim.journal.records import avarie, instant_of, microseconds

CauseAvarie = Literal["abime", "illisible", "entete", "disparu"]
"""`abime`: the disk spoilt it; `illisible`: whole, but nothing that can be stored; `entete`: the
header of the file; `disparu`: the file, or its end, is gone."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Avarie:
    """A place of a file of the spool that could not be stored.

    `start` and `octets` are bytes of the file `spool`, `echanges` the records that are missing,
    `instant` the machine's when it was found.
    """

    spool: str
    start: int
    cause: CauseAvarie
    octets: int
    echanges: int
    instant: datetime
    acquitte: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An avarie as a drainer finds it."""

    spool: str
    start: int
    cause: CauseAvarie
    echanges: int
    octets: int = 0


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
            "octets": damage.octets,
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


def read_avaries(connection: Connection) -> list[Avarie]:
    """Return all avaries, in the order of their files and places."""
    found = []
    for row in connection.execute(select(avarie).order_by(avarie.c.spool, avarie.c.debut)):
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
            )
        )
    return found


def count_missing(connection: Connection) -> int:
    """Return how many records are missing, acknowledged or not."""
    return int(connection.scalar(select(func.sum(avarie.c.echanges))) or 0)


def count_open(connection: Connection) -> int:
    """Return how many avaries nobody has acknowledged yet."""
    waiting = select(func.count()).select_from(avarie).where(~avarie.c.acquitte)
    return int(connection.scalar(waiting) or 0)


def acknowledge(connection: Connection) -> None:
    """Take all avaries as seen."""
    connection.execute(update(avarie).values(acquitte=True))
