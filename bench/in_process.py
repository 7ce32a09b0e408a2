"""The time of a call inside the process: from the bytes of the request to those of the answer."""

import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bench.calls import NOW, PATH, check, request
from sge_sim.app import b2b_server, open_simulator
from sge_sim.clock import elapsed_ms, parse_instant, stopwatch
from sge_sim.settings import Settings
from sge_sim.transport.identity import TLS_OBJECT

WARM_UP, MEASURED = 50, 400


@dataclass(frozen=True)
class _Connection:
    """Stands for the live TLS connection: only the client's certificate is asked of it."""

    certificate: bytes

    def getpeercert(self, binary_form: bool) -> bytes:
        assert binary_form
        return self.certificate


def measure(data_dir: Path) -> tuple[float, bytes]:
    """Return the median time of a call, in milliseconds, and the answer."""
    with _application(data_dir) as (application, certificate):
        times = []
        for _ in range(WARM_UP + MEASURED):
            environ = _environ(certificate)
            started = stopwatch()
            answer = b"".join(application(environ, _ignore))
            times.append(elapsed_ms(started))
        check(answer)
        return median(times[WARM_UP:]), answer


@contextmanager
def _application(data_dir: Path) -> Iterator[tuple[Any, bytes]]:
    """Give the WSGI application that `sge-sim serve` runs, and a certificate that it accepts."""
    settings = Settings(data_dir=data_dir, now=parse_instant(NOW), population_size=0)
    simulator = open_simulator(settings)
    (client,) = [one for one in simulator.callers if one.kind == "tiers"]
    leaf = x509.load_pem_x509_certificates(client.certificate.read_bytes())[0]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server: Any = b2b_server(simulator, listening).server
        yield server.wsgi_app, leaf.public_bytes(Encoding.DER)
        server.stop()
    simulator.database.dispose()


def _environ(certificate: bytes) -> dict[str, Any]:
    body = request()
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": PATH,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "https",
        TLS_OBJECT: _Connection(certificate),
    }


def _ignore(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
    assert status.startswith("200"), status
