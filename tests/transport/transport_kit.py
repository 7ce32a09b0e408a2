"""What the tests of the transport share: an application, short deadlines, small helpers."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPSConnection
from typing import Any

from cryptography import x509

from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.listener import Limits
from sge_sim.transport.message import Request, Response
from sge_sim.transport.server import HttpsServer

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

    server: HttpsServer
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


def open_socket(port: int) -> socket.socket:
    """Connect to a server of the test, without TLS."""
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def seconds_of(action: Callable[[], Any], times: int) -> list[float]:
    """Run `action` so many times and return the seconds of each."""
    seconds = []
    for _ in range(times):
        began = time.monotonic()
        action()
        seconds.append(time.monotonic() - began)
    return seconds


@contextmanager
def stopping(server: HttpsServer) -> Iterator[None]:
    """Stop a server while the block runs, and check that it has stopped soon after."""
    thread = threading.Thread(target=server.stop)
    thread.start()
    yield
    thread.join(10)
    assert not thread.is_alive()


class Held:
    """An application that answers `done` once it is released, and counts what it has begun."""

    def __init__(self) -> None:
        self.entered, self.released = threading.Semaphore(0), threading.Event()

    def hold(self, connection: HTTPSConnection) -> HTTPSConnection:
        """Send a request and wait until it is held."""
        connection.request("GET", "/")
        assert self.entered.acquire(timeout=10)
        return connection

    def __call__(self, request: Request) -> Response:
        self.entered.release()
        self.released.wait(30)
        return Response(HTTPStatus.OK, b"done")


def common_name(der: bytes) -> str:
    name = x509.load_der_x509_certificate(der).subject.get_attributes_for_oid(
        x509.NameOID.COMMON_NAME
    )
    return str(name[0].value)


def answer(request: Request) -> Response:
    """The application under test: says what it received."""
    match request.path:
        case "/echo":
            content = request.body
        case "/large":
            content = LARGE_ANSWER
        case "/sender":
            sender = request.sender
            content = json.dumps(
                {
                    "certificate": common_name(sender.certificate),
                    "authorities": [common_name(der) for der in sender.authorities],
                    "address": sender.address,
                }
            ).encode()
        case _:
            shown = {"method": request.method, "path": request.path, "query": request.query}
            content = json.dumps(shown | dict(request.headers)).encode()
    return Response(HTTPStatus.OK, content)
