"""Makes all that is due happen: in order, once, wherever the last time stopped.

What is due is read from the instants that rows wait for, never from when this is called: to
advance by a week at once, or second by second, leads to the same state. It is done in slices, each
a transaction of its own, so that whoever writes meanwhile waits for a moment only; an order waits
for what is due on its own point, and for nothing else.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from math import inf
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.orm import Session

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.commandes import vie
from sge_sim.commandes.evenements import happen
from sge_sim.facts.database import Database
from sge_sim.facts.lecture import questions
from sge_sim.facts.stored_clock import read_instant
from sge_sim.tables.attentes import (
    Rang,
    Waiting,
    due,
    rang_of,
    read_next_due,
    read_next_due_on,
    rows_of,
)
from sge_sim.tables.commandes import (
    Affaire,
    Evenement,
    ServiceSouscrit,
    is_teleoperable,
    services_alike,
)
from sge_sim.tables.ecritures import reach, read_numeros, write_at
from sge_sim.tables.mesures import open_collectes
from sge_sim.tables.point_facts import Faits
from sge_sim.tables.prepared import Question

_SLICE_ROWS: Final = 25
_SLICE_MS: Final = 12.0
"""A slice ends at the first of both: so many rows, or so long."""


@contextmanager
def transaction_on(
    database: Database, prm: str | None, asked: Mapping[str, Any] = MappingProxyType({})
) -> Iterator[tuple[Session, datetime, Faits]]:
    """Give a transaction that writes, its instant and the facts that are asked of it, as
    `questions` names them, with the last numbers given, all read at once: what was due on the point
    `prm` has happened.

    That stays, whatever goes wrong in the block: the last slice of it shares the transaction of the
    block, so that the lock is waited for once. Without a point, nothing is due.
    """
    wanted = {**questions(**asked), "numeros": (read_numeros,)}
    waiting: tuple[Question, ...] = () if prm is None else ((read_next_due_on, prm),)
    while True:
        failure: Exception | None = None
        with database.transaction() as session:
            now, found = read_instant(session, *wanted.values(), *waiting)
            first = found.pop() if waiting else None
            if first is None or first > now:
                yield session, now, Faits(**dict(zip(wanted, found, strict=True)))
                return
            agenda = _Agenda(now, due(session, now, prm))
            _do_slice(session, agenda)
            if agenda:
                continue
            now, found = read_instant(session, *wanted.values())
            try:
                with session.begin_nested():
                    yield session, now, Faits(**dict(zip(wanted, found, strict=True)))
            except Exception as error:
                failure = error
        if failure is None:
            return
        raise failure


def catch_up_orders(
    database: Database,
    until: datetime,
    prm: str | None = None,
    carry_on: Callable[[], bool] = lambda: True,
    *,
    awaited: bool = False,
) -> int:
    """Make what is due by `until` (aware) happen, of one point if it is given, in slices.

    `carry_on` is asked before each slice; where it is false the rest is left for the next time.
    `awaited`: somebody waits for it; between two slices it gives way to those alone who wait for
    the lock. Returns how many things happened.
    """
    leave_to_others = database.let_others_write if awaited else database.let_others_work
    happened = 0
    while carry_on():
        vue = database.memoire.look()
        first = vue.ask(read_next_due) if prm is None else vue.ask(read_next_due_on, prm)
        if first is None or first > until:
            break
        with database.sessions() as session:
            agenda = _Agenda(until, due(session, until, prm))
        while agenda and carry_on():
            begun = stopwatch()
            with database.exclusive_transaction() as session:
                happened += _do_slice(session, agenda)
            if agenda:
                leave_to_others(elapsed_ms(begun))
    return happened


def run_due(session: Session, until: datetime, prm: str | None = None) -> int:
    """Make what is due by `until` (aware) happen within a transaction; returns how many things.

    On one point if it is given: that is little after `transaction_on`.
    """
    return carry_out(session, rows_of(session, due(session, until, prm)), until)


def carry_out(session: Session, waiting: Iterable[Waiting], until: datetime) -> int:
    """Do as `run_due` among `waiting`, the only rows that may be due after it and an order."""
    agenda = _Agenda(until)
    agenda.add(waiting)
    happened, reached = _carry_out(session, agenda)
    if reached is not None:
        reach(session, reached)
    return happened


class _Agenda:
    """Rows by when each is due; a row that has changed its mind is passed over.

    It outlives the transactions of its slices: what a slice doesn't hold waits as a `Rang`.
    """

    def __init__(self, until: datetime, rangs: Iterable[Rang] = ()) -> None:
        self._until = until
        self._later = sorted(rangs)
        self._now: list[Rang] = []
        self._rows: dict[Rang, Waiting] = {}

    def __bool__(self) -> bool:
        return bool(self._now or self._later)

    def begin_slice(self, session: Session) -> None:
        """Read the first rows of those that are left, as they are now."""
        count = min(_SLICE_ROWS, len(self._later))
        self.add(rows_of(session, [heapq.heappop(self._later) for _ in range(count)]))

    def end_slice(self) -> None:
        """Let go of the rows of a transaction that has ended."""
        for rang in self._now:
            heapq.heappush(self._later, rang)
        self._now, self._rows = [], {}

    def add(self, rows: Iterable[Waiting]) -> None:
        for row in rows:
            rang = rang_of(row)
            if rang is None or rang.instant > self._until:
                continue
            self._rows[rang] = row
            heap = self._later if self._later and self._later[0] < rang else self._now
            heapq.heappush(heap, rang)

    def __iter__(self) -> Iterator[tuple[Waiting, datetime]]:
        while self._now:
            rang = heapq.heappop(self._now)
            row = self._rows.get(rang)
            if row is not None and rang_of(row) == rang:
                yield row, rang.instant


def _do_slice(session: Session, agenda: _Agenda) -> int:
    agenda.begin_slice(session)
    happened, reached = _carry_out(session, agenda, _SLICE_MS)
    agenda.end_slice()
    if reached is not None:
        write_at(session, reached)
    return happened


def _carry_out(
    session: Session, agenda: _Agenda, most_ms: float = inf
) -> tuple[int, datetime | None]:
    """Return how many things happened, and when the last of them did."""
    started = stopwatch()
    happened, reached = 0, None
    for row, instant in agenda:
        agenda.add(_happen(session, row, instant))
        happened, reached = happened + 1, instant
        if elapsed_ms(started) > most_ms:
            break
    return happened, reached


def _happen(session: Session, row: Waiting, instant: datetime) -> list[Waiting]:
    """Carry out what `row` waits for, and return the rows that changed."""
    match row:
        case Affaire():
            row.etat, row.closed_at, row.echeance = "realisee", instant, None
            return [row]
        case Evenement():
            return [row, *happen(session, row, instant)]
        case ServiceSouscrit(etat="ACTIF"):
            vie.end(session, row, row.motif_fin or "echeance", instant)
            return [row]
        case ServiceSouscrit():
            return [*_start(session, row, instant)]


def _start(session: Session, service: ServiceSouscrit, instant: datetime) -> list[ServiceSouscrit]:
    """Start a service, ending without break the one that it renews.

    An order needs the meter, which may not answer: it is tried again every day, then given up.
    """
    if service.type != "OPPENR" and not is_teleoperable(session, service.prm):
        if not vie.put_off(service, instant):
            vie.end(session, service, "non_realisation", instant, "non_realisee")
        return [service]
    renewed = [other for other in services_alike(session, service) if other.etat == "ACTIF"]
    open_collectes(session, vie.activate(service, instant))
    for other in renewed:
        vie.end(session, other, "prolongation", instant)
    return [service, *renewed]
