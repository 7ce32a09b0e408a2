"""Builds the simulator from its settings: its state, then one server per process.

The parent process opens the state (database, certificates, clock); each serving process builds
its own application after the fork, since neither connections nor threads cross it.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from socket import socket
from typing import TYPE_CHECKING

from sge_sim.clock import machine_now
from sge_sim.collector import collector_paused
from sge_sim.commandes.horloge import start_clock
from sge_sim.deferred import Deferred
from sge_sim.door.cadence import Cadence
from sge_sim.files import make_private_folder
from sge_sim.pki.installation import Pki, open_pki
from sge_sim.referentiel.certificats import DefaultCaller, ensure_default_callers
from sge_sim.settings import Settings
from sge_sim.store.acteurs import has_acteurs
from sge_sim.store.campagnes import last_observed
from sge_sim.store.clock import StoredClock
from sge_sim.store.database import Database
from sge_sim.store.journal import Bounds, Journal, JournalFeed
from sge_sim.transport.child import Service
from sge_sim.transport.limits import Limits

if TYPE_CHECKING:
    from fastapi import FastAPI

    from sge_sim.commandes.back_office import BackOffice, Task
    from sge_sim.door.gates import Gate
    from sge_sim.soap.endpoint import Endpoint
    from sge_sim.transport.admin_server import AdminServer
    from sge_sim.transport.server import B2BServer


_PATIENCE_SECONDS = 3.0


@dataclass(frozen=True)
class Simulator:
    """A simulator whose state is open and up to date."""

    settings: Settings
    database: Database
    clock: StoredClock
    pki: Pki
    callers: tuple[DefaultCaller, ...]
    cadence: Cadence


def open_simulator(settings: Settings) -> Simulator:
    """Open the state of a simulator, making at the first start whatever isn't there.

    Raises `UsageError` for a folder, a database or certificates that can't be used.
    """
    make_private_folder(settings.data_dir)
    database = Database(settings.database, processes=settings.workers + 1)
    database.prepare()
    journal = Journal.beside(database, settings.data_dir)
    with database.sessions() as session:
        installed = has_acteurs(session)
        last = last_observed(session)
    bounds = Bounds(settings.journal_max_records, settings.journal_max_bytes)
    journal.prepare(bounds, after_id=last)
    journal.close()
    if not installed:
        # The first start alone needs the data set and what reads it.
        from sge_sim.referentiel.installing import install_dataset

        install_dataset(database, size=settings.population_size, seed=settings.population_seed)
    pki = open_pki(
        settings.data_dir,
        now=machine_now(),
        authorities_file=settings.authorities_file,
        authorities_dir=settings.authorities_dir,
    )
    callers = ensure_default_callers(settings.data_dir, database, pki, now=machine_now())
    clock = StoredClock(database)
    if settings.now is not None:
        start_clock(clock, settings.now, database)
    return Simulator(settings, database, clock, pki, callers, Cadence())


def b2b_server(simulator: Simulator, listening_socket: socket) -> "WebServices":
    """Build the B2B listener of one process; what it needs is imported in that process."""
    from sge_sim.b2b import B2B
    from sge_sim.pki.policy import Policy
    from sge_sim.referentiel.certificats import CertificateRegister
    from sge_sim.transport.server import B2BServer
    from sge_sim.transport.tls import build_server_context

    settings, trust = simulator.settings, simulator.pki.trust
    # A client waits for its answer: what can't be had now is told now.
    database = Database(
        settings.database, patience_seconds=_PATIENCE_SECONDS, processes=settings.workers + 1
    )
    journal = Journal.beside(database, settings.data_dir, max_pending=settings.journal_max_bytes)

    def load() -> Mapping[str, "Endpoint"]:
        from sge_sim.services.dispatch import build_endpoints

        with collector_paused():
            return build_endpoints(settings, database)

    endpoints = Deferred(load)
    if settings.wsdl_dir is not None or settings.disabled_rules:
        endpoints()  # what a user gave is judged before anybody is let in
    application = B2B(
        endpoints,
        Policy(
            settings.environment.value,
            trust,
            CertificateRegister(database),
            www_counts_as_same=settings.www_counts_as_same,
        ),
        StoredClock(database),
        journal.append,
        simulator.cadence,
        _gates(settings, database),
        rate_refused=settings.rate_refused,
    )
    identity = simulator.pki.server.identity
    roots = trust.roots_pem()
    server = B2BServer(
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
    return WebServices(server, endpoints, journal, database)


@dataclass(frozen=True)
class WebServices:
    """The B2B listener; it accepts clients, then loads `endpoints` without waiting for a call.

    `journal` and `database` are its own, and are closed when it stops.
    """

    server: "B2BServer"
    endpoints: Deferred[Mapping[str, "Endpoint"]]
    journal: Journal
    database: Database

    def serve(self, on_ready: Callable[[], None]) -> None:
        def load_behind() -> None:
            on_ready()
            threading.Thread(target=self.endpoints, daemon=True).start()

        self.server.serve(load_behind)

    def stop(self) -> None:
        self.server.stop()
        self.journal.close()
        self.database.dispose()

    def reload(self) -> None:
        self.server.reload()


def _gates(settings: Settings, database: Database) -> tuple["Gate", ...]:
    """Return the gates that the settings put up, in the order in which they are passed."""
    from sge_sim.door.gates import BasicAuthentication, opening_hours

    gates: list[Gate] = []
    if settings.basic_auth:
        gates.append(BasicAuthentication(database))
    if settings.hours:
        gates.append(opening_hours)
    return tuple(gates)


def admin_server(simulator: Simulator, listening_socket: socket, b2b_url: str) -> Service:
    """Build the administration listener, in a process of its own; it shows `b2b_url`."""
    from sge_sim.commandes.back_office import BackOffice
    from sge_sim.transport.admin_server import AdminServer

    journal = Journal.beside(simulator.database, simulator.settings.data_dir)
    feed = JournalFeed(journal)
    back_office = BackOffice(simulator.clock, _tasks(simulator, journal))

    def load() -> "FastAPI":
        from sge_sim.admin.application import build_admin
        from sge_sim.admin.routes import AdminState

        settings, database, clock = simulator.settings, simulator.database, simulator.clock
        with collector_paused():
            return build_admin(
                AdminState(settings, database, clock, b2b_url, back_office, journal, feed)
            )

    return _Administration(AdminServer(Deferred(load), listening_socket), back_office, feed)


@dataclass(frozen=True)
class _Administration:
    """The administration listener; the back office and the journal's thread while it serves."""

    server: "AdminServer"
    back_office: "BackOffice"
    feed: JournalFeed

    def serve(self, on_ready: Callable[[], None]) -> None:
        with self.feed.running(), self.back_office.running():
            self.server.serve(on_ready)

    def stop(self) -> None:
        self.feed.stop()
        self.server.stop()

    def reload(self) -> None:
        self.server.reload()


def _tasks(simulator: Simulator, journal: Journal) -> tuple["Task", ...]:
    """Return what the back office does, in order: orders and publications, then deliveries."""
    settings, database = simulator.settings, simulator.database

    # Both load the curves or the channels at their first round: the start can do without.
    def publish(until: datetime) -> None:
        from sge_sim.flux.publication import Publisher

        Publisher.of(settings, database, journal.append).catch_up(until)

    def deliver(_until: datetime) -> None:
        from sge_sim.flux.livraison import deliver_pending

        deliver_pending(database, settings.data_dir)

    return (publish, deliver)
