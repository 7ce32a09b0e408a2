"""What the tests of the transport share: an application, short deadlines, small helpers."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPSConnection
from typing import Any

from cryptography import x509

from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.identity import peer_certificate, remote_address
from sge_sim.transport.limits import Limits
from sge_sim.transport.server import B2BServer
from sge_sim.transport.tls import verified_chain

SHORT = Limits(
    max_header_bytes=8_000,
    max_body_bytes=50_000,
    handshake_seconds=1.0,
    request_seconds=1.0,
    response_seconds=1.0,
    idle_seconds=2.0,
    threads=4,
    stop_seconds=5.0,
)
LARGE_ANSWER = b"<mesure/>" * 20_000


@dataclass
class Running:
    """A server that serves, and what it reported."""

    server: B2BServer
    port: int
    thread: threading.Thread
    failures: list[HandshakeFailure] = field(default_factory=list)


def ask(
    connection: HTTPSConnection, path: str = "/", body: bytes | None = None, **headers: str
) -> bytes:
    """Send one request and return the body of a 200 answer."""
    connection.request("GET" if body is None else "POST", path, body, headers)
    response = connection.getresponse()
    content = response.read()
    assert response.status == 200, content
    return content


def eventually(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait until `condition` holds and return what it returned."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
    return found


def common_name(der: bytes) -> str:
    name = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(
        x509.NameOID.COMMON_NAME
    )
    return str(name[0].value)


def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application under test: says what it received."""
    match environ["PATH_INFO"]:
        case "/echo":
            content = environ["wsgi.input"].read()
        case "/large":
            content = LARGE_ANSWER
        case "/sender":
            certificate = peer_certificate(environ)
            assert certificate
            chain = verified_chain(environ["sge_sim.tls"])
            content = json.dumps(
                {
                    "certificate": common_name(certificate),
                    "chain": [common_name(der) for der in chain],
                    "address": remote_address(environ),
                }
            ).encode()
        case _:
            shown = {key: value for key, value in environ.items() if isinstance(value, str)}
            content = json.dumps(shown).encode()
    start_response("200 OK", [("Content-Length", str(len(content)))])
    return [content]
