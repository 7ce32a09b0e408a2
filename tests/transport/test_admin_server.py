"""The administration listener."""

import ssl
import threading
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

from throwaway_pki import SERVER, issue
from transport_kit import eventually

from sge_sim.transport.admin_server import AdminServer, UvicornServer
from sge_sim.transport.sockets import bind_loopback


async def hello(scope, receive, send):
    if scope["type"] == "http":
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})


def test_an_asgi_application_is_served_until_the_server_stops():
    listening = bind_loopback("127.0.0.1", 0)
    port = listening.getsockname()[1]
    asked = []

    def application():
        asked.append(hello)
        return hello

    server = AdminServer(application, listening)
    ready = threading.Event()
    thread = threading.Thread(target=server.serve, args=(ready.set,))
    thread.start()
    assert ready.wait(10)
    assert asked == []  # or the start would wait for all that an application loads
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    assert asked == [hello]
    server.reload()
    server.stop()
    eventually(lambda: not thread.is_alive())
    connection.close()


def test_a_client_that_keeps_an_idle_tls_connection_does_not_hold_up_the_stop(
    tmp_path: Path,
) -> None:
    pair = issue("localhost", use=SERVER)
    identity = tmp_path / "identity.pem"
    identity.write_text(pair.key_pem + pair.pem)
    listening = bind_loopback("127.0.0.1", 0)
    server = UvicornServer(hello, listening, identity=identity)
    ready = threading.Event()
    thread = threading.Thread(target=server.serve, args=(ready.set,))
    thread.start()
    assert ready.wait(10)
    trusting = ssl.create_default_context(cadata=pair.pem)
    connection = HTTPSConnection(*listening.getsockname(), context=trusting, timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    server.stop()
    eventually(lambda: not thread.is_alive(), seconds=2)
    connection.close()
