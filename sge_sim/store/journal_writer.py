"""Writes the journal: an exchange is answered once its record is committed.

Whoever comes while a commit is under way leaves its record for the next one, which holds all
that waited: with one caller a record costs a commit, with many a commit is shared. The callers do
the work themselves, in turn, because handing each record to a thread of its own costs twice the
commit (two switches of thread).
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import delete, func, insert, select

from sge_sim.store.database import Database
from sge_sim.store.journal import Echange, EchangeRecord

# Old records go a hundred at a time: often and little, so that no caller feels it. What the
# bodies weigh takes longer to find: it is looked at each time a twentieth of the bound came in.
_TRIM_EVERY = 100
_WEIGH_EVERY = 20

# `inline` spares the identifier, which nobody waits for.
_INSERT = insert(Echange).inline()


@dataclass(slots=True, eq=False)
class _Ticket:
    """A record that waits, and how its caller is woken."""

    record: EchangeRecord
    turn: Lock = field(default_factory=Lock)
    group: "list[_Ticket] | None" = None
    error: BaseException | None = None


class JournalWriter:
    """Records exchanges, from any number of threads.

    The workers on a database together keep the newest `max_records` exchanges and `max_bytes` of
    bodies, whichever is reached first; each may overrun them by a hundred records and 5 %.
    Make it after forking: it holds a connection.
    """

    def __init__(self, database: Database, *, max_records: int, max_bytes: int) -> None:
        self._connection = database.writing_connection()
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._mutex = Lock()
        self._busy = False
        self._waiting: list[_Ticket] = []
        self._records_since_trim = 0
        self._bytes_since_weighing = max_bytes

    def append(self, record: EchangeRecord) -> None:
        """Record an exchange; return once it is committed.

        Raises what the database raised when it could not be.
        """
        ticket = _Ticket(record)
        with self._mutex:
            if self._busy:
                ticket.turn.acquire()
                self._waiting.append(ticket)
            else:
                self._busy = True
                ticket.group = [ticket]
        if ticket.group is None:
            ticket.turn.acquire()
        if ticket.group is not None:
            self._write(ticket.group)
        if ticket.error is not None:
            raise ticket.error

    def close(self) -> None:
        """Give the connection back; nothing is waiting, since `append` waits itself."""
        self._connection.close()

    def _write(self, group: list[_Ticket]) -> None:
        """Commit `group`, then wake its callers and whoever is to write the next one."""
        try:
            rows = [_row(ticket.record) for ticket in group]
            with self._connection.begin():
                self._connection.execute(_INSERT, rows)
            self._trim_now_and_then(rows)
        except BaseException as error:
            for ticket in group:
                ticket.error = error
        with self._mutex:
            waiting, self._waiting = self._waiting, []
            self._busy = bool(waiting)
        if waiting:
            waiting[0].group = waiting
            waiting[0].turn.release()
        for ticket in group[1:]:
            ticket.turn.release()

    def _trim_now_and_then(self, rows: list[dict[str, Any]]) -> None:
        self._records_since_trim += len(rows)
        self._bytes_since_weighing += sum(row["size"] for row in rows)
        if self._records_since_trim < _TRIM_EVERY:
            return
        self._records_since_trim = 0
        with self._connection.begin():
            # Identifiers follow one another, and only the oldest are ever deleted.
            newest = self._connection.scalar(select(func.max(Echange.id))) or 0
            oldest_kept = newest - self._max_records + 1
            if self._bytes_since_weighing >= self._max_bytes / _WEIGH_EVERY:
                self._bytes_since_weighing = 0
                oldest_kept = max(oldest_kept, self._oldest_within_bytes(newest))
            self._connection.execute(delete(Echange).where(Echange.id < oldest_kept))

    def _oldest_within_bytes(self, newest: int) -> int:
        weighed = select(
            Echange.id, func.sum(Echange.size).over(order_by=Echange.id.desc()).label("total")
        ).subquery()
        oldest = self._connection.scalar(
            select(func.min(weighed.c.id)).where(weighed.c.total <= self._max_bytes)
        )
        return newest if oldest is None else oldest


def _row(record: EchangeRecord) -> dict[str, Any]:
    rule = record.rule
    return {
        "instant": record.instant,
        "machine_instant": record.machine_instant,
        "duration_ms": record.duration_ms,
        "kind": record.kind,
        "acteur_code": record.acteur_code,
        "certificate_fingerprint": record.certificate_fingerprint,
        "certificate_subject": record.certificate_subject,
        "remote_address": record.remote_address,
        "service": record.service,
        "version": record.version,
        "prm": record.prm,
        "code": record.code,
        "http_status": record.http_status,
        "rule_name": rule and rule.name,
        "rule_source": rule and rule.source,
        "rule_provenance": rule and rule.provenance,
        "rule_explanation": rule and rule.explanation,
        "detail": record.detail,
        "size": len(record.request or b"") + len(record.response or b""),
        "request": record.request,
        "response": record.response,
    }
