"""The process of Data Connect: its listener, and what it answers with."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket

from sge_sim.dataconnect.application import RestApplication
from sge_sim.dataconnect.jetons import Jetons
from sge_sim.dataconnect.plateforme import PlateformeRest
from sge_sim.processes.simulator import Simulator
from sge_sim.store.database import Database
from sge_sim.store.journal import Journal
from sge_sim.store.pannes import Guet
from sge_sim.store.quotas import Comptes
from sge_sim.store.stored_clock import StoredClock
from sge_sim.transport.admin_server import UvicornServer
from sge_sim.transport.child import ProcessWork
from sge_sim.transport.watch import FileWatch


def data_connect_server(simulator: Simulator, listening_socket: socket) -> ProcessWork:
    """Build the Data Connect listener, in a process of its own, which alone loads it."""
    settings = simulator.settings
    database = Database(settings.database, processes=settings.workers + 2)
    journal = Journal.beside(database, settings.data_dir, max_pending=settings.journal_max_bytes)
    plateforme = PlateformeRest(
        settings,
        database,
        StoredClock(database),
        Jetons(settings.data_dir),
        Comptes(settings.data_dir),
        Guet(settings.data_dir),
    )
    identity = simulator.pki.server.identity
    server = UvicornServer(
        RestApplication(plateforme, journal.append),
        listening_socket,
        identity=identity,
        max_connections=settings.max_connections,
    )
    return _DataConnect(server, plateforme, journal, identity)


@dataclass(frozen=True)
class _DataConnect:
    """The listener; what it holds is closed when it has stopped."""

    server: UvicornServer
    plateforme: PlateformeRest
    journal: Journal
    identity: Path
    _stopping: threading.Event = field(default_factory=threading.Event)

    def serve(self, on_ready: Callable[[], None]) -> None:

        watch = FileWatch((self.identity,))
        threading.Thread(
            target=watch.run, args=(self.server.reload, self._stopping), daemon=True
        ).start()
        self.server.serve(on_ready)
        self.journal.close()
        self.plateforme.comptes.close()
        self.plateforme.guet.close()
        self.plateforme.database.dispose()

    def stop(self) -> None:
        self._stopping.set()
        self.server.stop()

    def reload(self) -> None:
        self.server.reload()
