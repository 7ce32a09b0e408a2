"""The process of Data Connect: its listener, and what it answers with."""

from collections.abc import Callable
from dataclasses import dataclass
from socket import socket

from sge_sim.dataconnect.application import RestApplication
from sge_sim.dataconnect.exchange import RestBackend
from sge_sim.dataconnect.tokens import Tokens
from sge_sim.entreprises.adresses import ROUTES
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.journal import Journal
from sge_sim.processes.simulator import Simulator
from sge_sim.tables.comptages import QuotaCounts, SharedQuotas
from sge_sim.tables.plateforme import is_shared
from sge_sim.transport.child import ProcessWork
from sge_sim.transport.listener import Limits
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.tls import build_server_context


def data_connect_server(simulator: Simulator, listening_socket: socket) -> ProcessWork:
    """Build the Data Connect listener, in a process of its own, which alone loads it."""
    settings = simulator.settings
    database = Database(settings.database, processes=settings.workers + 2)
    journal = Journal.beside(database, settings.data_dir, max_pending=settings.journal_max_bytes)
    engine = database.engine
    backend = RestBackend(
        settings,
        database,
        Tokens(settings.data_dir),
        SharedQuotas(engine) if is_shared(engine) else QuotaCounts(settings.data_dir),
        Guet(settings.data_dir, engine),
    )
    identity = simulator.pki.server.identity
    server = HttpsServer(
        RestApplication(backend, journal.append, simulator.marques, ROUTES),
        listening_socket,
        lambda: build_server_context(identity, identity, None),
        Limits(
            max_body_bytes=settings.max_body_bytes,
            max_connections=settings.max_connections,
            threads=settings.threads,
        ),
        watched=(identity,),
    )
    return _DataConnect(server, backend, journal)


@dataclass(frozen=True)
class _DataConnect:
    """The listener; what it holds is closed when it has stopped."""

    server: HttpsServer
    backend: RestBackend
    journal: Journal

    def serve(self, on_ready: Callable[[], None]) -> None:
        self.server.serve(on_ready)
        self.journal.close()
        self.backend.counts.close()
        self.backend.guet.close()
        self.backend.database.dispose()

    def stop(self) -> None:
        self.server.stop()

    def reload(self) -> None:
        self.server.reload()
