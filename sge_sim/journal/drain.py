"""Takes records from the spools into the journal's database.

What is searched is stored at once; the bodies, if they are many, stay where they are for a time
(`pages`). One at a time does it for a folder, and what is stored says in the same transaction how
far each file was read: a record is stored once, wherever the work is interrupted. What can't be
stored is noted in the same way (`avaries`), and the work goes on behind it.
"""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.domaine.pannes import panne_in
from sge_sim.facts.database import Database
from sge_sim.facts.locks import lock
from sge_sim.journal import avaries
from sge_sim.journal.frames import Frame
from sge_sim.journal.pages import Pages, packed
from sge_sim.journal.records import FINISHED, decode, echange, message, place, profil, spool
from sge_sim.journal.retention import add_to_number, count_and_trim, read_number
from sge_sim.journal.spool import HEADER, abandoned, read_header, read_part, spool_files
from sge_sim.machine.files import locked, make_private_folder
from sge_sim.machine.memory import give_back_freed_memory
from sge_sim.tables.ecritures import insert_by
from sge_sim.tables.prepared import Driver

_PROFILE: Final = (
    *("kind", "origine", "acteur_code", "http_status", "service", "version", "code"),
    *("rule_name", "rule_source", "rule_provenance", "rule_remede"),
)
_TEXTS: Final = (
    *("certificate_fingerprint", "certificate_subject", "remote_address"),
    *("detail", "user_agent"),
)
_ROW_BYTES: Final = 200
"""What a row takes beside its texts and bodies: its numbers, and its place in five indexes."""
_BATCH_BYTES: Final = 8 * 2**20
_BATCH_ROWS: Final = 2_000
_AT_ONCE: Final = 2 * 2**20
_SUCCESS: Final = 400
_STUCK_MS: Final = 5000.0
"""Bytes at the end of a file that make no record yet are damage, once they stand there so long."""

_Row = dict[str, Any]


class _Position(NamedTuple):
    """How far a file is stored: its bytes, and the number of the record expected there."""

    end: int
    number: int


_BEGIN: Final = _Position(HEADER, 0)


@dataclass(slots=True)
class _Batch:
    """A batch taken from the files: rows, avaries, and how far each file is read then."""

    rows: list[_Row]
    found: list[avaries.Found]
    positions: dict[str, _Position]


class Drainer:
    """Drains the spools of a folder, from any thread.

    `lieu` names the folder among those that are drained into the same database, empty where there
    is no other; `max_apart` bounds the bytes of the pages whose bodies aren't packed.
    """

    def __init__(self, database: Database, folder: Path, lieu: str, max_apart: int) -> None:
        self._database = database
        self._folder = folder
        self._lieu = lieu
        self._max_apart = 0 if lieu else max_apart  # others see what is in the database alone
        self._pages = Pages(folder)
        self._apart = False
        """Whether bodies stay in their pages; it is of whoever has the lock of the folder."""
        self._drained: dict[str, int] | None = None
        self._stuck: dict[str, tuple[tuple[int, int], float]] = {}
        self._vanished: set[str] = set()
        self._profiles: dict[tuple[Any, ...], int] = {}

    def drain(self) -> None:
        """Store every record that was appended before the call; does nothing if there is none.

        Where megabytes wait, the bodies are left in their pages for `pack`.

        Raises `OSError` or `DBAPIError` when the journal can't be read or written.
        """
        if self.is_empty():
            return
        with locked(make_private_folder(self._folder)):
            with self._database.reading() as connection:
                rows = connection.execute(select(spool)).all()
            positions = {row.name: _Position(row.drained, row.numero) for row in rows}
            self._remove([name for name, at in positions.items() if at.end == FINISHED], positions)
            self._note_vanished([row.name for row in rows if row.lieu == self._lieu], positions)
            # What comes meanwhile waits for the next call, which would else never end.
            waiting = spool_files(self._folder)
            coming = sum(size - positions.get(name, _BEGIN).end for name, size in waiting.items())
            self._apart = _AT_ONCE < coming < self._max_apart - self._pages.bytes()
            while self._store_some(positions, waiting):
                # A batch is megabytes of bodies, in the process that lives longest.
                give_back_freed_memory()
            self._finish(positions)
            self._drained = {
                name: positions.get(name, _BEGIN).end for name in spool_files(self._folder)
            }

    def pack(self) -> None:
        """Pack the oldest of the bodies that were left in their pages, some megabytes of them."""
        with self._database.reading() as connection:
            none_left = connection.scalar(select(place.c.echange_id).limit(1)) is None
        if none_left and not self._pages.bytes():
            return
        folder = make_private_folder(self._folder)
        with locked(folder), self._database.writing_connection() as connection:
            with connection.begin():
                lock(connection)
                self._pages.keep_or_remove(connection, ())
                avaries.note(connection, self._pages.pack(connection, _BATCH_BYTES))
            _drop_pages(connection)
        give_back_freed_memory()

    def is_empty(self) -> bool:
        """Tell whether nothing was appended since this drainer last did its work."""
        return spool_files(self._folder) == self._drained

    def pending_bytes(self) -> int:
        """Return how many bytes wait to be stored."""
        with self._database.reading() as connection:
            drained = {row.name: row.drained for row in connection.execute(select(spool))}
        sizes = spool_files(self._folder)
        waiting = (size - drained.get(name, HEADER) for name, size in sizes.items())
        return sum(size for size in waiting if size > 0)

    def _store_some(
        self, positions: dict[str, _Position], waiting: Mapping[str, int], *, settled: bool = False
    ) -> bool:
        """Store a batch, move `positions` on and return whether there was anything to store.

        `waiting` are the files, each with the bytes that it had when they were counted. Nobody
        appends any more to those that are `settled`: they are stored to their last byte.
        """
        batch = self._next_batch(positions, waiting, settled=settled)
        if not batch.positions:
            return False
        # Those of one file keep their order where the instants are the same.
        batch.rows.sort(key=lambda row: row["machine_instant"])
        with self._database.writing_connection() as connection:
            with connection.begin():
                lock(connection)
                if batch.rows:
                    profiles = self._number(connection, batch.rows)
                    _insert(connection, batch.rows)
                if batch.found:
                    avaries.note(connection, batch.found)
                self._move(connection, positions, batch.positions)
                count_and_trim(connection, batch.rows)
            _drop_pages(connection)
        if batch.rows:
            self._profiles = profiles
        positions.update(batch.positions)
        return True

    def _next_batch(
        self, positions: Mapping[str, _Position], waiting: Mapping[str, int], *, settled: bool
    ) -> _Batch:
        batch, left = _Batch([], [], {}), self._max_apart if self._apart else _BATCH_BYTES
        for name, size in sorted(waiting.items()):
            # Each to its end before the next, which may be of the same process.
            while left > 0 and len(batch.rows) < _BATCH_ROWS:
                start = batch.positions.get(name) or positions.get(name, _BEGIN)
                if start.end >= size:
                    break
                end = self._take(name, start, batch, settled=settled)
                if end == start:
                    break
                batch.positions[name] = end
                left -= end.end - start.end
        return batch

    def _take(self, name: str, start: _Position, batch: _Batch, *, settled: bool) -> _Position:
        """Add what a part of a file holds to a batch; return where it ends."""
        path = self._folder / name
        items = read_part(path, *start, settled=settled)
        if not items and not settled and self._is_stuck(path, start.end):
            items = read_part(path, *start, settled=True)
        end, number = start
        for item in items:
            end = item.end
            if isinstance(item, Frame):
                number = max(number, item.number + 1)
                try:
                    batch.rows.append(_row(item, name, self._apart))
                except (ValueError, TypeError, KeyError):
                    found = avaries.Found(name, item.start, "illisible", 1, len(item.fields))
                    batch.found.append(found)
            elif not item.cut:
                number += item.records
                octets = item.end - item.start
                batch.found.append(avaries.Found(name, item.start, "abime", item.records, octets))
        return _Position(end, number)

    def _is_stuck(self, path: Path, end: int) -> bool:
        """Tell whether a file has ended for long with bytes that make no record."""
        at = end, path.stat().st_size
        if at[1] <= end:
            return False
        since = self._stuck.get(path.name)
        if since is None or since[0] != at:
            self._stuck[path.name] = at, stopwatch()
            return False
        return elapsed_ms(since[1]) >= _STUCK_MS

    def _number(self, connection: Connection, rows: list[_Row]) -> dict[tuple[Any, ...], int]:
        """Give the rows their identifiers, and profiles that are made where they are missing."""
        stored = connection.scalar(select(func.max(echange.c.id))) or 0
        newest = max(stored, read_number(connection, "avant") or 0)
        known, looked = self._profiles, False
        for identifier, row in enumerate(rows, newest + 1):
            row["id"] = row["echange_id"] = identifier
            key = tuple(row.pop(name) for name in _PROFILE)
            if key not in known and not looked:
                known, looked = _stored_profiles(connection), True
            if key not in known:
                known[key] = len(known) + 1
                values = dict(zip(_PROFILE, key, strict=True))
                made = {**values, "id": known[key], "accepted": _accepted(values)}
                connection.execute(insert(profil).inline(), made)
            row["profil_id"], row["kind"] = known[key], key[0]
        return known

    def _finish(self, positions: dict[str, _Position]) -> None:
        """Store what the files that nobody will append to still hold, then remove them."""
        with ExitStack() as locks:
            names = [
                name
                for name in spool_files(self._folder)
                if locks.enter_context(abandoned(self._folder / name))
            ]
            left = {name: (self._folder / name).stat().st_size for name in names}
            if not left:
                return
            while self._store_some(positions, left, settled=True):
                pass
            headers = {name: read_header(self._folder / name) for name in left}
            lost = sum(header.given_up for header in headers.values())
            found = [
                avaries.Found(name, 0, "entete", 0, min(left[name], HEADER))
                for name, header in headers.items()
                if not header.sound
            ]
            found += [
                avaries.Found(name, positions[name].end, "disparu", 0)
                for name in left
                if name in positions and (self._folder / name).stat().st_size < positions[name].end
            ]
            with self._database.writing_connection() as connection, connection.begin():
                finished = {name: _Position(FINISHED, 0) for name in left}
                self._move(connection, positions, finished)
                avaries.note(connection, found)
                if lost:
                    add_to_number(connection, "perdus", lost)
            positions.update(finished)
            self._remove(left, positions)

    def _remove(self, names: Collection[str], positions: dict[str, _Position]) -> None:
        """Remove files that are wholly stored, or keep them as pages, and forget them."""
        if not names:
            return
        with self._database.reading() as connection:
            self._pages.keep_or_remove(connection, names)
        for name in names:
            self._stuck.pop(name, None)
            del positions[name]
        with self._database.writing_connection() as connection, connection.begin():
            connection.execute(delete(spool).where(spool.c.name.in_(names)))

    def _note_vanished(self, names: list[str], positions: Mapping[str, _Position]) -> None:
        """Note the files of this folder that were there when something of them was stored.

        What was known of them stays: were they brought back, they would go on from there.
        """
        gone = {name for name in names if name in positions} - spool_files(self._folder).keys()
        if gone - self._vanished:
            with self._database.writing_connection() as connection, connection.begin():
                found = [avaries.Found(name, positions[name].end, "disparu", 0) for name in gone]
                avaries.note(connection, found)
            self._vanished = gone

    def _move(
        self,
        connection: Connection,
        known: Mapping[str, _Position],
        positions: Mapping[str, _Position],
    ) -> None:
        """Write how far each file is stored."""
        for name, (end, number) in positions.items():
            if name in known:
                moved = update(spool).where(spool.c.name == name)
                connection.execute(moved.values(drained=end, numero=number, lieu=self._lieu))
            else:
                connection.execute(
                    insert(spool).values(name=name, drained=end, numero=number, lieu=self._lieu)
                )


def _row(frame: Frame, name: str, apart: bool) -> _Row:
    """Return what is stored of a record of the file `name`."""
    row = decode(frame.fields)
    row["panne"] = panne_in(row["detail"])[0]
    row["size"] = _ROW_BYTES + sum(len(row[name] or "") for name in _TEXTS)
    if frame.request is not None or frame.response is not None:
        bodies = {"spool": name, "debut": frame.start, "size": 0} if apart else packed(frame)
        row |= bodies | {"size": row["size"] + bodies["size"]}
    return row


def _accepted(values: Mapping[str, Any]) -> bool:
    status = values["http_status"]
    answered = values["kind"] == "flux" or (status is not None and status < _SUCCESS)
    return answered and values["rule_name"] is None and values["code"] in (None, "SGT200")


def _stored_profiles(connection: Connection) -> dict[tuple[Any, ...], int]:
    found = connection.execute(select(profil.c.id, *(profil.c[name] for name in _PROFILE)))
    return {tuple(row[1:]): row[0] for row in found}


def _insert(connection: Connection, rows: list[_Row]) -> None:
    driver = Driver.of(connection)
    insert_by(driver, echange, rows)
    for table, column in ((message, "response"), (place, "spool")):
        bodies = [row for row in rows if column in row]
        if bodies:
            insert_by(driver, table, bodies)


def _drop_pages(connection: Connection) -> None:
    """Have SQLite forget the pages that it keeps: two megabytes, that nobody will read soon."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA shrink_memory")
