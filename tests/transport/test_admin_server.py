"""The administration listener."""

import threading
from http.client import HTTPConnection

from transport_kit import eventually

from sge_sim.transport.admin_server import AdminServer
from sge_sim.transport.listener import bind_loopback


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
