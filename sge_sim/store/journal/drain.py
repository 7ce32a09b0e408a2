"""Takes records from the spools into the journal's database, and forgets the oldest.

One at a time does it for a folder, and what is stored says in the same transaction how far each
file was read: a record is stored once, wherever the work is interrupted.
"""

import fcntl
import logging
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from sge_sim.machine.files import locked
from sge_sim.machine.freed_memory import give_back_freed_memory
from sge_sim.store import schema
from sge_sim.store.database import Database
from sge_sim.store.journal.records import decode
from sge_sim.store.journal.spool import (
    HEADER,
    Frame,
    read_frames,
    records_given_up,
    spool_files,
)
from sge_sim.store.journal.tables import bilan, echange, message, profil, reglage, spool

_PROFILE: Final = (
    *("kind", "acteur_code", "http_status", "service", "version", "code"),
    *("rule_name", "rule_source", "rule_provenance", "rule_explanation"),
)
_TEXTS: Final = (
    *("certificate_fingerprint", "certificate_subject", "remote_address"),
    *("detail", "user_agent"),
)
_ROW_BYTES: Final = 200
"""What a row takes beside its texts and bodies: its numbers, and its place in five indexes."""
_BATCH_BYTES: Final = 8 * 2**20
_FASTEST: Final = 1
_SUCCESS: Final = 400
_OLDEST_AT_ONCE: Final = 500

# Each kind has a share of the bytes, so that none evicts another: the SOAP calls take the most.
_SHARES: Final = {"soap": 13}
_OTHERS: Final = 1
_WHOLE: Final = 16

_log = logging.getLogger(__name__)

_Row = dict[str, Any]


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


class Drainer:
    """Drains the spools of a folder, from any thread."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._drained: dict[str, int] = {}
        self._profiles: dict[tuple[Any, ...], int] = {}

    def drain(self) -> None:
        """Store every record that was appended before the call; does nothing if there is none.

        Raises `OSError` or `DBAPIError` when the journal can't be read or written.
        """
        if self.is_empty():
            return
        with locked(self._folder):
            with self._database.reading() as connection:
                drained: dict[str, int] = {
                    row.name: row.drained for row in connection.execute(select(spool))
                }
            while self._store_some(drained):
                # A batch is megabytes of bodies, in the process that lives longest.
                give_back_freed_memory()
            self._remove_finished(drained)
            self._drained = {
                name: drained.get(name, HEADER.size) for name in spool_files(self._folder)
            }

    def is_empty(self) -> bool:
        """Tell whether nothing was appended since this drainer last did its work."""
        return spool_files(self._folder) == self._drained

    def pending_bytes(self) -> int:
        """Return how many bytes wait to be stored."""
        with self._database.reading() as connection:
            drained = {row.name: row.drained for row in connection.execute(select(spool))}
        sizes = spool_files(self._folder)
        return sum(size - drained.get(name, HEADER.size) for name, size in sizes.items())

    def _store_some(self, drained: dict[str, int]) -> bool:
        """Store a batch, move `drained` on and return whether there was anything to store."""
        rows: list[_Row] = []
        ends: dict[str, int] = {}
        left = _BATCH_BYTES
        for name in sorted(spool_files(self._folder)):
            # Each to its end before the next, which may be of the same process.
            end = drained.get(name, HEADER.size)
            while left > 0:
                start = end
                frames, end = read_frames(self._folder / name, start)
                if not frames:
                    break
                rows += map(_row, frames)
                ends[name] = end
                left -= end - start
        if not rows:
            return False
        # Those of one file keep their order where the instants are the same.
        rows.sort(key=lambda row: row["machine_instant"])
        with self._database.writing_connection() as connection:
            with connection.begin():
                schema.lock(connection)
                profiles = self._number(connection, rows)
                _insert(connection, rows)
                _move(connection, {name: name in drained for name in ends}, ends)
                _forget(connection, rows)
            _drop_pages(connection)
        self._profiles = profiles
        drained.update(ends)
        return True

    def _number(self, connection: Connection, rows: list[_Row]) -> dict[tuple[Any, ...], int]:
        """Give the rows their identifiers, and profiles that are made where they are missing."""
        newest = connection.scalar(select(func.max(echange.c.id)))
        if newest is None:
            newest = read_number(connection, "avant") or 0
        known, looked = self._profiles, False
        for identifier, row in enumerate(rows, newest + 1):
            row["id"] = identifier
            key = tuple(row.pop(name) for name in _PROFILE)
            if key not in known and not looked:
                known, looked = _stored_profiles(connection), True
            if key not in known:
                known[key] = len(known) + 1
                values = dict(zip(_PROFILE, key, strict=True))
                connection.execute(
                    insert(profil).values(id=known[key], **values, accepted=_accepted(values))
                )
            row["profil_id"], row["kind"] = known[key], key[0]
        return known

    def _remove_finished(self, drained: dict[str, int]) -> None:
        """Remove the files that nobody will append to and that are stored to their end."""
        removed, lost = [], 0
        for name in spool_files(self._folder):
            path = self._folder / name
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                frames, _ = read_frames(path, drained.get(name, HEADER.size))
                if frames:
                    continue  # appended just before its process let go
                rest = os.fstat(file.fileno()).st_size - drained.get(name, HEADER.size)
                if rest > 0:
                    _log.warning("%s octets d'échanges inachevés ont été écartés.", rest)
                lost += records_given_up(path)
                path.unlink()
                removed.append(name)
        if removed:
            with self._database.writing_connection() as connection, connection.begin():
                connection.execute(delete(spool).where(spool.c.name.in_(removed)))
                if lost:
                    add_to_number(connection, "perdus", lost)


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


def forget_after(connection: Connection, newest: int) -> None:
    """Delete the exchanges recorded after `newest`, an identifier."""
    gone = select(echange.c.kind, func.count(), func.sum(echange.c.size))
    for kind, records, size in connection.execute(
        gone.where(echange.c.id > newest).group_by(echange.c.kind)
    ).all():
        _count(connection, kind, -records, -size)
    connection.execute(delete(message).where(message.c.echange_id > newest))
    connection.execute(delete(echange).where(echange.c.id > newest))


def _row(frame: Frame) -> _Row:
    row = decode(frame.fields)
    row["request"], row["response"] = _compressed(frame.request), _compressed(frame.response)
    texts = sum(len(row[name] or "") for name in _TEXTS)
    bodies = len(row["request"] or b"") + len(row["response"] or b"")
    row["size"] = _ROW_BYTES + texts + bodies
    return row


def _compressed(body: bytes | None) -> bytes | None:
    return None if body is None else zlib.compress(body, _FASTEST)


def _accepted(values: Mapping[str, Any]) -> bool:
    status = values["http_status"]
    answered = values["kind"] == "flux" or (status is not None and status < _SUCCESS)
    return answered and values["rule_name"] is None and values["code"] in (None, "SGT200")


def _stored_profiles(connection: Connection) -> dict[tuple[Any, ...], int]:
    found = connection.execute(select(profil.c.id, *(profil.c[name] for name in _PROFILE)))
    return {tuple(row[1:]): row[0] for row in found}


def _insert(connection: Connection, rows: list[_Row]) -> None:
    bodies = [
        {"echange_id": row["id"], "request": row["request"], "response": row["response"]}
        for row in rows
        if row["request"] is not None or row["response"] is not None
    ]
    connection.execute(insert(echange).inline(), [_without_bodies(row) for row in rows])
    if bodies:
        connection.execute(insert(message).inline(), bodies)


def _drop_pages(connection: Connection) -> None:
    """Have SQLite forget the pages that it keeps: two megabytes, that nobody will read soon."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA shrink_memory")


def _without_bodies(row: _Row) -> _Row:
    return {name: value for name, value in row.items() if name not in ("request", "response")}


def _move(connection: Connection, known: Mapping[str, bool], ends: Mapping[str, int]) -> None:
    """Write how far each file is stored."""
    for name, end in ends.items():
        if known[name]:
            connection.execute(update(spool).where(spool.c.name == name).values(drained=end))
        else:
            connection.execute(insert(spool).values(name=name, drained=end))


def _forget(connection: Connection, rows: Iterable[_Row]) -> None:
    """Count what came in, and delete the oldest of each kind beyond its bounds."""
    came: dict[str, tuple[int, int]] = {}
    for row in rows:
        records, size = came.get(row["kind"], (0, 0))
        came[row["kind"]] = records + 1, size + row["size"]
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


def trim_all(connection: Connection, bounds: Bounds) -> None:
    """Delete the oldest of every kind beyond `bounds`."""
    for row in connection.execute(select(bilan)).all():
        _trim(connection, row.kind, row.records, row.bytes, bounds)


def _trim(connection: Connection, kind: str, records: int, size: int, bounds: Bounds) -> None:
    max_records, max_bytes = bounds.max_records, bounds.bytes_of(kind)
    while records > 1 and (records > max_records or size > max_bytes):
        oldest = connection.execute(
            select(echange.c.id, echange.c.size)
            .where(echange.c.kind == kind)
            .order_by(echange.c.id)
            .limit(min(_OLDEST_AT_ONCE, records - 1))
        ).all()
        gone: list[int] = []
        freed = 0
        for row in oldest:
            if records - len(gone) <= max_records and size - freed <= max_bytes:
                break
            gone.append(row.id)
            freed += row.size
        connection.execute(delete(message).where(message.c.echange_id.in_(gone)))
        connection.execute(delete(echange).where(echange.c.id.in_(gone)))
        records, size = _count(connection, kind, -len(gone), -freed)


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
