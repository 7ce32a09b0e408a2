"""What the journal keeps: its numbers, its bounds, and how it forgets the oldest beyond them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from sge_sim.journal.records import bilan, echange, message, place, reglage

_AT_ONCE: Final = 500

# Each kind has a share of the bytes, so that none evicts another: the SOAP calls take the most.
_SHARES: Final = {"soap": 13}
_OTHERS: Final = 1
_WHOLE: Final = 16


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the journal keeps: `max_records` exchanges of each kind, `max_bytes` in all.

    The newest of a kind is always kept, however large.
    """

    max_records: int
    max_bytes: int

    def bytes_of(self, kind: str) -> int:
        """Return the share of a kind: 13/16 for the SOAP calls, 1/16 for each other one."""
        return self.max_bytes * _SHARES.get(kind, _OTHERS) // _WHOLE


def add_to_number(connection: Connection, nom: str, value: int) -> None:
    """Add to a number of `reglage`, 0 if it isn't there."""
    set_number(connection, nom, (read_number(connection, nom) or 0) + value)


def set_number(connection: Connection, nom: str, value: int) -> None:
    """Set a number of `reglage`."""
    changed = connection.execute(update(reglage).where(reglage.c.nom == nom).values(valeur=value))
    if not changed.rowcount:
        connection.execute(insert(reglage).values(nom=nom, valeur=value))


def read_number(connection: Connection, nom: str) -> int | None:
    """Return a number of `reglage`, None if it isn't there."""
    return connection.scalar(select(reglage.c.valeur).where(reglage.c.nom == nom))


def forget_some(connection: Connection, after: int, until: int) -> bool:
    """Delete the first exchanges of an interval of identifiers, its end included, 500 at most.

    Returns whether there were any. No other exchange ever gets their identifiers.
    """
    set_number(connection, "avant", max(until, read_number(connection, "avant") or 0))
    rows = connection.execute(
        select(echange.c.id, echange.c.kind, echange.c.size)
        .where(echange.c.id > after, echange.c.id <= until)
        .order_by(echange.c.id)
        .limit(_AT_ONCE)
    ).all()
    for kind in {row.kind for row in rows}:
        sizes = [row.size for row in rows if row.kind == kind]
        _count(connection, kind, -len(sizes), -sum(sizes))
    _delete(connection, [row.id for row in rows])
    return bool(rows)


def count_and_trim(
    connection: Connection, rows: Iterable[dict[str, Any]], *, known: bool = False
) -> None:
    """Count what came in, and delete the oldest of each kind beyond its bounds.

    Of exchanges that are `known` already only the bytes are counted.
    """
    came: dict[str, tuple[int, int]] = {}
    for row in rows:
        records, size = came.get(row["kind"], (0, 0))
        came[row["kind"]] = records + (not known), size + row["size"]
    bounds = read_bounds(connection)
    for kind, (records, size) in came.items():
        kept = _count(connection, kind, records, size)
        if bounds is not None:
            _trim(connection, kind, *kept, bounds)


def read_bounds(connection: Connection) -> Bounds | None:
    """Return the bounds in force: those of whoever serves, whoever drains."""
    records = read_number(connection, "max_records")
    size = read_number(connection, "max_bytes")
    return None if records is None or size is None else Bounds(records, size)


def trim_some(connection: Connection, bounds: Bounds) -> bool:
    """Delete the oldest of every kind beyond `bounds`, 500 of each; tell whether there were any."""
    kept = connection.execute(select(bilan)).all()
    trimmed = [_trim_some(connection, row.kind, row.records, row.bytes, bounds) for row in kept]
    return any(trimmed)


def _trim(connection: Connection, kind: str, records: int, size: int, bounds: Bounds) -> None:
    left: tuple[int, int] | None = (records, size)
    while left is not None:
        left = _trim_some(connection, kind, *left, bounds)


def _trim_some(
    connection: Connection, kind: str, records: int, size: int, bounds: Bounds
) -> tuple[int, int] | None:
    """Delete some of the oldest of a kind; return what is left, None if it was within `bounds`."""
    max_records, max_bytes = bounds.max_records, bounds.bytes_of(kind)
    if records <= 1 or (records <= max_records and size <= max_bytes):
        return None
    oldest = connection.execute(
        select(echange.c.id, echange.c.size)
        .where(echange.c.kind == kind)
        .order_by(echange.c.id)
        .limit(min(_AT_ONCE, records - 1))
    ).all()
    gone: list[int] = []
    freed = 0
    for row in oldest:
        if records - len(gone) <= max_records and size - freed <= max_bytes:
            break
        gone.append(row.id)
        freed += row.size
    _delete(connection, gone)
    return _count(connection, kind, -len(gone), -freed)


def _delete(connection: Connection, echanges: list[int]) -> None:
    for bodies in (message, place):
        connection.execute(delete(bodies).where(bodies.c.echange_id.in_(echanges)))
    connection.execute(delete(echange).where(echange.c.id.in_(echanges)))


def _count(connection: Connection, kind: str, records: int, size: int) -> tuple[int, int]:
    """Add to what is kept of a kind; return it."""
    kept = connection.execute(select(bilan).where(bilan.c.kind == kind)).one_or_none()
    if kept is None:
        connection.execute(insert(bilan).values(kind=kind, records=records, bytes=size))
        return records, size
    total = kept.records + records, kept.bytes + size
    connection.execute(
        update(bilan).where(bilan.c.kind == kind).values(records=total[0], bytes=total[1])
    )
    return total
