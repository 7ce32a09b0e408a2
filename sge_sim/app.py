"""Builds the simulator from its settings: its state, then one server per process.

The parent process opens the state (database, certificates, clock); each serving process builds
its own application after the fork, since neither connections nor threads cross it.
"""

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from socket import socket
from typing import Any

from sge_sim.clock import machine_now
from sge_sim.pki.files import make_private_folder, write_atomically
from sge_sim.pki.installation import Pki, open_pki
from sge_sim.referentiel.clients import DefaultClient, ensure_default_clients
from sge_sim.settings import Settings
from sge_sim.store.acteurs import has_acteurs
from sge_sim.store.clock import StoredClock
from sge_sim.store.database import Database
from sge_sim.transport.child import Service
from sge_sim.transport.limits import Limits


@dataclass(frozen=True)
class Simulator:
    """A simulator whose state is open and up to date."""

    settings: Settings
    database: Database
    clock: StoredClock
    pki: Pki
    clients: tuple[DefaultClient, ...]


def open_simulator(settings: Settings) -> Simulator:
    """Open the state of a simulator, making at the first start whatever isn't there.

    Raises `UsageError` for a folder, a database or certificates that can't be used.
    """
    make_private_folder(settings.data_dir)
    database = Database(settings.database)
    database.prepare()
    with database.sessions() as session:
        installed = has_acteurs(session)
    if not installed:
        # The first start alone needs the data set and what reads it.
        from sge_sim.referentiel.installing import install_dataset

        install_dataset(database, size=settings.population_size, seed=settings.population_seed)
    pki = open_pki(settings.data_dir, now=machine_now())
    clients = ensure_default_clients(settings.data_dir, database, pki, now=machine_now())
    clock = StoredClock(database)
    if settings.now is not None:
        clock.run_from(settings.now)
    return Simulator(settings, database, clock, pki, clients)


def b2b_server(simulator: Simulator, listening_socket: socket) -> Service:
    """Build the B2B listener of one process; what it needs is imported in that process."""
    from sge_sim.b2b import B2B
    from sge_sim.pki.policy import Policy
    from sge_sim.referentiel.clients import CertificateRegister
    from sge_sim.services.dispatch import build_endpoints
    from sge_sim.store.certificats import kind_of_acteur
    from sge_sim.store.journal_writer import JournalWriter
    from sge_sim.transport.server import B2BServer
    from sge_sim.transport.tls import build_server_context

    settings, database, trust = simulator.settings, simulator.database, simulator.pki.trust
    journal = JournalWriter(
        database,
        max_records=settings.journal_max_records,
        max_bytes=settings.journal_max_bytes,
    )
    application = B2B(
        build_endpoints(settings, database, simulator.clock),
        Policy(settings.environment.value, trust, CertificateRegister(database)),
        simulator.clock,
        partial(kind_of_acteur, database),
        journal.append,
    )
    identity = simulator.pki.server.identity
    roots = trust.roots_pem()
    return B2BServer(
        application,
        listening_socket,
        lambda: build_server_context(identity, identity, roots),
        Limits(
            max_body_bytes=settings.max_body_bytes,
            max_connections=settings.max_connections,
            threads=settings.threads,
        ),
        application.refuse_handshake,
    )


def admin_server(simulator: Simulator, listening_socket: socket) -> Service:
    """Build the administration listener, in a process of its own."""
    from sge_sim.admin.application import build_admin
    from sge_sim.admin.routes import AdminState
    from sge_sim.transport.admin_server import AdminServer

    state = AdminState(simulator.settings, simulator.database, simulator.clock)
    return AdminServer(build_admin(state), listening_socket)


def write_ready_file(path: Path, readiness: dict[str, Any]) -> None:
    """Write what a harness needs to connect, once both listeners accept."""
    text = json.dumps(readiness, indent=2, ensure_ascii=False) + "\n"
    write_atomically(path, text.encode())
