"""A process that serves the web services: the B2B listener and what it answers with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from socket import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.door.b2b_application import B2B
from sge_sim.door.certificats import CertificateRegister
from sge_sim.door.gates import BasicAuthentication, Gate, opening_hours
from sge_sim.facts.database import Database
from sge_sim.facts.guet import Guet
from sge_sim.journal import Journal
from sge_sim.pki.certificates import read_pem_bundle
from sge_sim.pki.policy import Policy
from sge_sim.processes.simulator import Simulator
from sge_sim.services.dispatch import build_endpoints
from sge_sim.settings import Settings
from sge_sim.tables.comptages import SharedCadence
from sge_sim.tables.plateforme import is_shared
from sge_sim.transport.listener import Limits
from sge_sim.transport.message import Request, Sender
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.tls import build_server_context

if TYPE_CHECKING:
    from sge_sim.door.variantes import Variantes

_PATH: Final = "/ConsultationMesuresDetaillees/v3.0"
_DER: Final = Encoding.DER


def b2b_application(simulator: Simulator) -> B2B:
    """Build what the processes of the web services share, before they are forked: the parts that
    each has of its own are missing."""
    settings, database = simulator.settings, simulator.database
    nobody: Any = SimpleNamespace(plans=lambda *_, **_of: (), count=lambda *_: (1, 1))
    return B2B(
        settings,
        build_endpoints(settings, database),
        Policy(
            settings.environment,
            simulator.pki.trust,
            CertificateRegister(database),
            www_counts_as_same=settings.www_counts_as_same,
            verifie_eku=settings.verifie_eku,
        ),
        database.memoire,
        lambda _record: None,
        cadence=nobody,
        guet=nobody,
        marques=simulator.marques,
    )


def try_application(application: B2B, simulator: Simulator) -> None:
    """Have a week of a curve answered, and kept nowhere: the processes share what that loads, and
    the pages in which Python notes what it runs. To be refused does nearly as well."""
    caller, jour = simulator.callers[0], simulator.clock.now().date()
    leaf, *others = (each.public_bytes(_DER) for each in read_pem_bundle(caller.certificate))
    text = Path(__file__).with_name("essai.xml").read_text(encoding="utf-8")
    body = text.format(caller.login, jour - timedelta(9), jour - timedelta(2)).encode()
    sender = Sender(leaf, tuple(others), "127.0.0.1")
    application(Request("POST", _PATH, "", {"content-type": "text/xml"}, body, sender))
    simulator.database.dispose()


def b2b_server(
    simulator: Simulator, listening_socket: socket, application: B2B | None = None
) -> "WebServices":
    """Build the B2B listener of one process, on what the processes share."""
    settings, database, trust = simulator.settings, simulator.database, simulator.pki.trust
    journal = Journal.beside(database, settings.data_dir, max_pending=settings.journal_max_bytes)
    guet = Guet(settings.data_dir, database.engine)
    refuses = settings.rate_refused or settings.plafonds_refused
    together = refuses and is_shared(database.engine)
    application = replace(
        application or b2b_application(simulator),
        record=journal.append,
        cadence=SharedCadence(database.engine) if together else simulator.cadence,
        guet=guet,
        gates=_gates(settings, database),
        variantes=_variantes(settings),
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
    return WebServices(server, journal, database, guet)


@dataclass(frozen=True)
class WebServices:
    """The B2B listener.

    The connections of `journal`, `database` and `guet` are its own, and are closed when it stops.
    """

    server: HttpsServer
    journal: Journal
    database: Database
    guet: Guet

    def serve(self, on_ready: Callable[[], None]) -> None:
        self.server.serve(on_ready)

    def stop(self) -> None:
        self.server.stop()
        self.guet.close()
        self.journal.close()
        self.database.dispose()

    def reload(self) -> None:
        self.server.reload()


def _variantes(settings: Settings) -> "Variantes | None":
    if settings.variantes is None:
        return None
    from sge_sim.door.variantes import Variantes

    return Variantes(settings.variantes, settings.data_dir)


def _gates(settings: Settings, database: Database) -> tuple[Gate, ...]:
    """Return the gates that the settings put up, in the order in which they are passed."""
    gates: list[Gate] = []
    if settings.basic_auth:
        gates.append(BasicAuthentication(database))
    if settings.hours:
        gates.append(opening_hours)
    return tuple(gates)
