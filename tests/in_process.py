"""The application that `sge-sim serve` runs, called in the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Before a simulator is: what it takes out of the collector's sight, hypothesis would miss.
import hypothesis  # noqa: F401
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from sge_sim.app import Simulator, b2b_server, open_simulator
from sge_sim.settings import Settings
from sge_sim.transport.listener import Application
from sge_sim.transport.message import Request, Response, Sender
from sge_sim.transport.sockets import bind_loopback

_HEADERS = {"content-type": "text/xml; charset=utf-8"}


@dataclass(frozen=True)
class InProcess:
    """A simulator without its sockets, and the certificate of its default tiers."""

    simulator: Simulator
    application: Application
    sender: Sender

    def post(self, path: str, message: bytes) -> Response:
        """Send a SOAP message as the default tiers."""
        return self.application(Request("POST", path, "", _HEADERS, message, self.sender))


@contextmanager
def simulator_in_process(data_dir: Path, **settings: Any) -> Iterator[InProcess]:
    """Open a simulator in `data_dir`."""
    simulator = open_simulator(Settings(data_dir=data_dir, **settings))
    (caller,) = [one for one in simulator.callers if one.kind == "tiers"]
    leaf = x509.load_pem_x509_certificates(caller.certificate.read_bytes())[0]
    with bind_loopback("127.0.0.1", 0) as listening:
        services = b2b_server(simulator, listening)
        sender = Sender(leaf.public_bytes(Encoding.DER), (), "127.0.0.1")
        yield InProcess(simulator, services.server.application, sender)
        services.stop()
    simulator.cadence.close()
    simulator.database.dispose()
