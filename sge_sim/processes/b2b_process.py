"""A process that serves the web services: the B2B listener and what it answers with."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from socket import socket
from typing import TYPE_CHECKING

from sge_sim.door.b2b_application import B2B
from sge_sim.door.certificats import CertificateRegister
from sge_sim.door.gates import BasicAuthentication, Gate, opening_hours
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.journal import Journal
from sge_sim.machine.collector import collector_paused
from sge_sim.machine.once import computed_once
from sge_sim.pki.policy import Policy
from sge_sim.processes.simulator import Simulator
from sge_sim.settings import Settings
from sge_sim.tables.comptages import SharedCadence
from sge_sim.tables.plateforme import is_shared
from sge_sim.transport.listener import Limits
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.tls import build_server_context

if TYPE_CHECKING:
    from sge_sim.soap.endpoint import Endpoint


def b2b_server(simulator: Simulator, listening_socket: socket) -> "WebServices":
    """Build the B2B listener of one process."""
    settings, trust = simulator.settings, simulator.pki.trust
    database = Database(settings.database, processes=settings.workers + 1)
    journal = Journal.beside(database, settings.data_dir, max_pending=settings.journal_max_bytes)

    @computed_once()
    def endpoints() -> Mapping[str, "Endpoint"]:
        from sge_sim.services.dispatch import build_endpoints

        with collector_paused():
            return build_endpoints(settings, database)

    guet = Guet(settings.data_dir, database.engine)
    refuses = settings.rate_refused or settings.plafonds_refused
    together = refuses and is_shared(database.engine)
    if settings.wsdl_dir is not None or settings.disabled_rules:
        endpoints()  # what a user gave is judged before anybody is let in
    application = B2B(
        settings,
        endpoints,
        Policy(
            settings.environment,
            trust,
            CertificateRegister(database),
            www_counts_as_same=settings.www_counts_as_same,
            verifie_eku=settings.verifie_eku,
        ),
        database.memoire,
        journal.append,
        SharedCadence(database.engine) if together else simulator.cadence,
        guet,
        simulator.marques,
        _gates(settings, database),
    )
    identity = simulator.pki.server.identity
    roots = trust.roots_pem()
    server = HttpsServer(
        application,
        listening_socket,
        lambda: build_server_context(identity, identity, roots),
        Limits(
            max_body_bytes=settings.max_body_bytes,
            max_connections=settings.max_connections,
            threads=settings.threads,
        ),
        application.refuse_handshake,
        watched=(identity,),
    )
    return WebServices(server, endpoints, journal, database, guet)


@dataclass(frozen=True)
class WebServices:
    """The B2B listener; it accepts clients, then loads `endpoints` without waiting for a call.

    `journal`, `database` and `guet` are its own, and are closed when it stops.
    """

    server: HttpsServer
    endpoints: Callable[[], Mapping[str, "Endpoint"]]
    journal: Journal
    database: Database
    guet: Guet

    def serve(self, on_ready: Callable[[], None]) -> None:
        def load_behind() -> None:
            on_ready()
            threading.Thread(target=self.endpoints, daemon=True).start()

        self.server.serve(load_behind)

    def stop(self) -> None:
        self.server.stop()
        self.guet.close()
        self.journal.close()
        self.database.dispose()

    def reload(self) -> None:
        self.server.reload()


def _gates(settings: Settings, database: Database) -> tuple[Gate, ...]:
    """Return the gates that the settings put up, in the order in which they are passed."""
    gates: list[Gate] = []
    if settings.basic_auth:
        gates.append(BasicAuthentication(database))
    if settings.hours:
        gates.append(opening_hours)
    return tuple(gates)
