"""Makes all that is due happen: in order, once, wherever the last time stopped.

What is due is read from the instants that rows wait for, never from when this is called: to
advance by a week at once, or second by second, leads to the same state. All of a call belongs to
its transaction.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from sge_sim.commandes import vie
from sge_sim.commandes.evenements import happen
from sge_sim.store.attentes import due, read_next_due
from sge_sim.store.commandes import (
    Affaire,
    Evenement,
    ServiceSouscrit,
    is_teleoperable,
    unended_services,
)
from sge_sim.store.database import Database
from sge_sim.store.ecritures import reach

Waiting = ServiceSouscrit | Affaire | Evenement


def catch_up_orders(database: Database, until: datetime) -> None:
    """Make what is due by `until` (aware) happen, in a transaction of its own."""
    waiting: datetime | None = database.memoire.look().ask(read_next_due)
    if waiting is not None and waiting <= until:
        with database.exclusive_transaction() as session:
            run_due(session, until)


def run_due(session: Session, until: datetime) -> int:
    """Make what is due by `until` (aware) happen; returns how many things happened.

    At one instant, services end first, then events happen, then services start: a renewal takes
    over from a service that ends that very day.
    """
    return carry_out(session, due(session, until), until)


def carry_out(session: Session, waiting: Iterable[Waiting], until: datetime) -> int:
    """Do as `run_due` where `waiting` are the only rows that may be due: after it, and an order."""
    agenda = _Agenda(until)
    agenda.add(waiting)
    happened, reached = 0, None
    for row, instant in agenda:
        agenda.add(_happen(session, row, instant))
        happened, reached = happened + 1, instant
    if reached is not None:
        reach(session, reached)
    return happened


class _Agenda:
    """Rows by the instant that each waits for; a row that has changed its mind is passed over."""

    def __init__(self, until: datetime) -> None:
        self._until = until
        self._heap: list[tuple[datetime, int, str, int, Waiting]] = []
        self._count = count()

    def add(self, rows: Iterable[Waiting]) -> None:
        for row in rows:
            if row.echeance is not None and row.echeance <= self._until:
                entry = (row.echeance, *_place(row), next(self._count), row)
                heapq.heappush(self._heap, entry)

    def __iter__(self) -> Iterator[tuple[Waiting, datetime]]:
        while self._heap:
            instant, *_, row = heapq.heappop(self._heap)
            if row.echeance == instant:
                yield row, instant


def _place(row: Waiting) -> tuple[int, str]:
    """Return the place of a row among those that wait for the same instant."""
    match row:
        case ServiceSouscrit(etat="ACTIF"):
            return 0, row.service_souscrit_id
        case Evenement():
            return 1, f"{row.id:020d}"
        case ServiceSouscrit():
            return 2, row.service_souscrit_id
        case _:
            return 3, row.affaire_id


def _happen(session: Session, row: Waiting, instant: datetime) -> list[Waiting]:
    """Carry out what `row` waits for, and return the rows that changed."""
    match row:
        case Affaire():
            row.etat, row.closed_at, row.echeance = "realisee", instant, None
            return [row]
        case Evenement():
            return [*happen(session, row, instant)]
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
    renewed = [
        one
        for one in unended_services(session, service.prm)
        if one.etat == "ACTIF" and vie.identity(one) == vie.identity(service)
    ]
    vie.activate(session, service, instant)
    for one in renewed:
        vie.end(session, one, "prolongation", instant)
    return [service, *renewed]
