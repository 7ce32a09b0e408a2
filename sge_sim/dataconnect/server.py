"""The listener: HTTPS without client certificate, on uvicorn, in a process of its own."""

import threading
from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING

from sge_sim.dataconnect.application import Application
from sge_sim.dataconnect.jetons import Jetons
from sge_sim.dataconnect.plateforme import Plateforme
from sge_sim.store.clock import StoredClock
from sge_sim.store.database import Database
from sge_sim.store.journal_writer import JournalWriter
from sge_sim.store.quotas import Comptes
from sge_sim.transport.admin_server import UvicornServer
from sge_sim.transport.watch import FileWatch

if TYPE_CHECKING:
    from sge_sim.app import Simulator

_PATIENCE_SECONDS = 3.0
_JOURNAL_PATIENCE_SECONDS = 0.5


class DataConnect:
    """Serves Data Connect on a listening socket until `stop`."""

    def __init__(self, simulator: "Simulator", listening_socket: socket) -> None:
        settings = simulator.settings
        self._identity = simulator.pki.server.identity
        self._database = Database(settings.database, patience_seconds=_PATIENCE_SECONDS)
        self._journal_database = Database(
            settings.database, patience_seconds=_JOURNAL_PATIENCE_SECONDS
        )
        self._journal = JournalWriter(
            self._journal_database,
            max_records=settings.journal_max_records,
            max_bytes=settings.journal_max_bytes,
        )
        self._comptes = Comptes(settings.data_dir)
        plateforme = Plateforme(
            settings,
            self._database,
            StoredClock(self._database),
            Jetons(settings.data_dir),
            self._comptes,
        )
        application = Application(plateforme, self._journal.append, simulator.lost.add)
        self._server = UvicornServer(
            application,
            listening_socket,
            identity=self._identity,
            max_connections=settings.max_connections,
        )
        self._stopping = threading.Event()

    def serve(self, on_ready: Callable[[], None]) -> None:
        watch = FileWatch((self._identity,))
        threading.Thread(target=watch.run, args=(self.reload, self._stopping), daemon=True).start()
        self._server.serve(on_ready)
        self._journal.close()
        self._comptes.close()
        for database in (self._database, self._journal_database):
            database.dispose()

    def stop(self) -> None:
        self._stopping.set()
        self._server.stop()

    def reload(self) -> None:
        self._server.reload()
