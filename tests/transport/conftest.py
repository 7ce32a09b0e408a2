"""A server in a thread, with throw-away certificates and deadlines short enough for tests."""

import ssl
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from throwaway_pki import ThrowawayPki
from transport_kit import SHORT, Running, answer, open_socket

from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.listener import Limits, bind
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.tls import build_server_context


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> ThrowawayPki:
    return ThrowawayPki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def serve(pki: ThrowawayPki) -> Iterator[Callable[..., Running]]:
    """Start servers in threads; each must stop at the end."""
    running: list[Running] = []

    def start(
        limits: Limits = SHORT,
        app: Any = None,
        context_factory: Callable[[], ssl.SSLContext] | None = None,
        report: Callable[[HandshakeFailure], None] | None = None,
    ) -> Running:
        failures: list[HandshakeFailure] = []
        factory = context_factory or partial(build_server_context, *pki.server_files, pki.root.pem)
        listening = bind("127.0.0.1", 0)
        port = listening.getsockname()[1]
        server = HttpsServer(app or answer, listening, factory, limits, report or failures.append)
        thread = threading.Thread(target=server.serve)
        thread.start()
        running.append(Running(server, port, thread, failures))
        return running[-1]

    yield start
    for each in running:
        each.server.stop()
        each.thread.join(10)
        assert not each.thread.is_alive()


@pytest.fixture
def client_context(pki: ThrowawayPki) -> Callable[..., ssl.SSLContext]:
    """Make the TLS context of a client, by default of one that is let in."""

    def make(
        files: tuple[Path, Path] | None = pki.client_files, version: ssl.TLSVersion | None = None
    ) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers("DEFAULT@SECLEVEL=0")  # what is weak is for the server to refuse
        context.load_verify_locations(cadata=pki.root.pem)
        if files:
            context.load_cert_chain(*files)
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    return make


@pytest.fixture
def client(
    client_context: Callable[..., ssl.SSLContext],
) -> Iterator[Callable[..., HTTPSConnection]]:
    """Open HTTPS connections, closed at the end."""
    opened: list[HTTPSConnection] = []

    def connect(port: int, context: ssl.SSLContext | None = None) -> HTTPSConnection:
        context = context or client_context()
        opened.append(HTTPSConnection("127.0.0.1", port, context=context, timeout=10))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def open_tls(
    client_context: Callable[..., ssl.SSLContext],
) -> Iterator[Callable[[int], ssl.SSLSocket]]:
    """Open raw TLS connections, closed at the end."""
    opened: list[ssl.SSLSocket] = []

    def connect(port: int) -> ssl.SSLSocket:
        context = client_context()
        opened.append(context.wrap_socket(open_socket(port), server_hostname="localhost"))
        return opened[-1]

    yield connect
    for tls in opened:
        tls.close()
