"""The process of the administration: its listener, the back office, the journal's thread."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from select import select
from socket import socket
from typing import TYPE_CHECKING, Final

from sge_sim.admin.token import guard_by_token
from sge_sim.clock import legal_date, machine_now
from sge_sim.commandes.back_office import BackOffice, CarryOn, Task
from sge_sim.commandes.moves import Moves
from sge_sim.domaine.plateformes import switches_between
from sge_sim.domaine.retombees import Avancement
from sge_sim.facts.guet import Guet
from sge_sim.flux.incidents import Incidents
from sge_sim.flux.livraison import deliver_pending
from sge_sim.flux.publication import Publisher
from sge_sim.journal import Echange, EchangeRecord, Journal, JournalFeed
from sge_sim.machine import monde
from sge_sim.machine.collector import collector_paused
from sge_sim.machine.once import computed_once
from sge_sim.processes.simulator import Simulator
from sge_sim.schema.pieces import Pieces
from sge_sim.services.declared import existences
from sge_sim.tables.points import read_hidden
from sge_sim.transport.child import ProcessWork

if TYPE_CHECKING:
    from fastapi import FastAPI

    from sge_sim.transport.admin_server import AdminServer

_TICK_SECONDS: Final = 0.2
_log = logging.getLogger(__name__)


class GenerationSwitch:
    """A task of the back office: `since` is where the clock was when the simulator started."""

    def __init__(self, since: datetime, record: Callable[[EchangeRecord], None]) -> None:
        self._day = legal_date(since)
        self._record = record

    def __call__(self, until: datetime) -> None:
        day = legal_date(until)
        before, self._day = self._day, day
        for sentence in switches_between(existences, before, day):
            _log.warning(sentence)
            self._record(
                EchangeRecord(
                    instant=until,
                    machine_instant=machine_now(),
                    duration_ms=0.0,
                    kind="http",
                    detail=sentence,
                )
            )


def admin_server(
    simulator: Simulator,
    listening_socket: socket,
    b2b_url: str,
    on_call: Callable[[Echange], None] | None = None,
    remote_socket: socket | None = None,
) -> ProcessWork:
    """Build the administration listener, in a process of its own.

    It shows `b2b_url`; `on_call` is called with each call that comes, as it is recorded. Other
    machines reach it by `remote_socket`, if there is one, with the token of the folder.
    """
    settings = simulator.settings
    journal = Journal.beside(
        simulator.database, settings.data_dir, max_pending=settings.journal_max_bytes
    )
    feed = JournalFeed(journal)
    avancement = Avancement()
    back_office = BackOffice(simulator.clock, _tasks(simulator, journal, avancement))
    moves = Moves(simulator.clock, simulator.database, back_office, avancement)

    @computed_once()
    def load() -> "FastAPI":
        with collector_paused():
            from sge_sim.admin.application import build_admin
            from sge_sim.admin.routes import AdminState

        state = AdminState(
            settings,
            simulator.database,
            simulator.clock,
            b2b_url,
            local_url(listening_socket),
            moves,
            journal,
            feed,
            simulator.marques,
            simulator.phase.read,
        )
        return build_admin(state)

    def load_server() -> "AdminServer":
        with collector_paused():
            from sge_sim.transport.admin_server import AdminServer, RemoteDoor

        remote = None
        if remote_socket is not None:
            guard = partial(guard_by_token, settings.data_dir)
            remote = RemoteDoor(remote_socket, simulator.pki.server.identity, guard)
        return AdminServer(load, listening_socket, remote)

    doors = [door for door in (listening_socket, remote_socket) if door is not None]
    pieces = Pieces(simulator.database, settings.data_dir)
    return _Administration(load_server, doors, back_office, moves, feed, pieces, on_call)


def local_url(listening_socket: socket) -> str:
    """Return where this machine's commands call the administration."""
    return f"http://localhost:{listening_socket.getsockname()[1]}"


@dataclass(frozen=True)
class _Administration:
    """The back office and the journal's thread; the listener, from the first client at its `doors`
    on: others do without what it loads."""

    load_server: Callable[[], "AdminServer"]
    doors: Sequence[socket]
    back_office: BackOffice
    moves: Moves
    feed: JournalFeed
    pieces: Pieces
    on_call: Callable[[Echange], None] | None
    servers: list["AdminServer"] = field(default_factory=list)
    stopping: monde.Event = field(default_factory=lambda: monde.Event())

    def serve(self, on_ready: Callable[[], None]) -> None:
        with (
            self.feed.running(self.on_call),
            self.back_office.running(),
            self.pieces.following(),
        ):
            on_ready()
            while not self.stopping.is_set():
                if select(self.doors, (), (), _TICK_SECONDS)[0]:
                    self.servers.append(self.load_server())
                    break
            if not self.stopping.is_set():
                self.servers[0].serve()
            for door in self.doors:
                door.close()

    def stop(self) -> None:
        self.moves.stop()
        self.feed.stop()
        self.stopping.set()
        for server in self.servers:
            server.stop()

    def reload(self) -> None:
        for server in self.servers:
            server.reload()


def _tasks(
    simulator: Simulator, journal: Journal, avancement: Avancement | None = None
) -> tuple[Task, ...]:
    """Return what the back office does in each round, in this order.

    Publications and the orders before them, deliveries, the removal of what an import that was
    killed has left; last, where the generation follows the date, the services that the clock's
    move starts or ends are logged.
    """
    settings, database = simulator.settings, simulator.database

    publish = Publisher.of(settings, database, journal.append, avancement).catch_up
    incidents = Incidents(
        database.memoire, Guet(settings.data_dir, database.engine), journal.append
    )

    def deliver(_until: datetime, _carry_on: CarryOn) -> None:
        deliver_pending(database, settings.data_dir, incidents)

    def remove_remains(_until: datetime, carry_on: CarryOn) -> None:
        if database.memoire.look().ask(read_hidden):
            from sge_sim.referentiel.apports.retrait import remove_remains

            remove_remains(database, carry_on)

    if settings.generation != "auto":
        return (publish, deliver, remove_remains)

    switch = GenerationSwitch(simulator.clock.now(), journal.append)
    return (publish, deliver, remove_remains, lambda until, _carry_on: switch(until))
