"""The bodies that wait in pages: files of the spool that nobody writes any more.

Where many exchanges come, only what is searched is stored at once (`drain`). Their bodies are read
where they stand; they are packed once less comes, or are forgotten with their exchanges before.
"""

import zlib
from collections.abc import Callable, Collection
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, update

from sge_sim.journal.avaries import CauseAvarie, Found
from sge_sim.journal.frames import Frame
from sge_sim.journal.records import echange, message, place
from sge_sim.journal.retention import count_and_trim
from sge_sim.journal.spool import PAGE, frame_at, spool_files
from sge_sim.machine import monde
from sge_sim.tables.ecritures import insert_by
from sge_sim.tables.prepared import Driver

_AT_ONCE: Final = 500
_FASTEST: Final = 1

Bodies = tuple[bytes | None, bytes | None]
"""A request and its response; `ReadBodies` reads those at a place of a page."""
ReadBodies = Callable[[str, int], Bodies]

_ENLARGED = (
    update(echange)
    .where(echange.c.id == bindparam("echange_id"))
    .values(size=echange.c.size + bindparam("more"))
)


def packed(frame: Frame) -> dict[str, Any]:
    """Return the bodies of a record as they are stored, and their `size`."""
    request, response = (
        None if body is None else zlib.compress(body, _FASTEST)
        for body in (frame.request, frame.response)
    )
    size = len(request or b"") + len(response or b"")
    return {"request": request, "response": response, "size": size}


def bodies_at(folder: Path, name: str, start: int, *, again: bool = False) -> Bodies:
    """Return the bodies of the record that stands there, None for one that the disk spoilt.

    Raises `FileNotFoundError` where the page is gone, since its bodies are packed, unless this is
    asked `again`: None then.
    """
    with suppress(FileNotFoundError) if again else nullcontext():
        if frame := frame_at(folder, name, start):
            bodies = (frame.request, frame.response)
            request, response = (None if body is None else bytes(body) for body in bodies)
            return request, response
    return None, None


class Pages:
    """The pages of a folder; whoever changes them has its lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def bytes(self) -> int:
        """Return what the pages take."""
        return sum(spool_files(self._folder, PAGE).values())

    def keep_or_remove(self, connection: Connection, names: Collection[str]) -> None:
        """Make pages of these files of the spool; remove those of which no body is left."""
        wanted = set(connection.scalars(select(place.c.spool).distinct()))
        for name in names:
            if name in wanted:
                with suppress(FileNotFoundError):  # a drainer that was killed has renamed it
                    monde.rename(self._folder / name, self._folder / (name + PAGE))
            monde.unlink(self._folder / name, missing_ok=True)
        for file in spool_files(self._folder, PAGE):
            if file.removesuffix(PAGE) not in wanted:
                monde.unlink(self._folder / file, missing_ok=True)

    def pack(self, connection: Connection, most: int) -> list[Found]:
        """Store the bodies of the oldest exchanges, of `most` bytes; return what can't be read."""
        rows = connection.execute(
            select(place, echange.c.kind)
            .join(echange, echange.c.id == place.c.echange_id)
            .order_by(place.c.echange_id)
            .limit(_AT_ONCE)
        ).all()
        stored: list[dict[str, Any]] = []
        found: list[Found] = []
        last = 0
        for row in rows:
            if most <= 0:
                break
            last, frame = row.echange_id, None
            cause: CauseAvarie = "abime"
            try:
                frame = frame_at(self._folder, row.spool, row.debut)
            except FileNotFoundError:
                cause = "disparu"
            if frame is None:
                found.append(Found(row.spool, row.debut, cause, 1))
                continue
            stored.append({"echange_id": last, "kind": row.kind, **packed(frame)})
            most -= frame.end - frame.start
        if stored:
            insert_by(Driver.of(connection), message, stored)
            more = [{"echange_id": row["echange_id"], "more": row["size"]} for row in stored]
            connection.execute(_ENLARGED, more)
        connection.execute(delete(place).where(place.c.echange_id <= last))
        count_and_trim(connection, stored, known=True)
        return found
