"""Starting, renewing certificates and stopping, in one process; the administration listener."""

import logging
import shutil
import socket
import ssl
import threading
from contextlib import ExitStack
from dataclasses import asdict, replace
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection

import pytest
from throwaway_pki import SERVER, issue
from transport_kit import SHORT, Held, answer, ask, common_name, open_socket, stopping
from waiting import eventually, serving

from sge_sim.errors import UsageError
from sge_sim.transport import admin_server
from sge_sim.transport.admin_server import AdminServer
from sge_sim.transport.listener import Limits, bind, bind_loopback
from sge_sim.transport.message import Response
from sge_sim.transport.server import HttpsServer
from sge_sim.transport.tls import build_server_context


@pytest.fixture
def files(pki, tmp_path):
    """A server's certificate and key, free to be replaced."""
    return tuple(shutil.copy(path, tmp_path) for path in pki.server_files)


@pytest.fixture
def factory(pki, files):
    return partial(build_server_context, *map(type(pki.folder), files), pki.root.pem)


def replace_files(pki, files, certificate, key):
    for target, path in zip(
        files, (pki.write("new", certificate)[0], pki.write("newer", key)[1]), strict=True
    ):
        shutil.copy(path, target)


def served_name(connection):
    if not connection.sock:
        connection.connect()
    return common_name(connection.sock.getpeercert(binary_form=True))


def test_a_good_pair_is_served_to_the_clients_that_come_after_the_reload(
    serve, client, pki, files, factory
):
    running = serve(context_factory=factory)
    before = client(running.port)
    ask(before)
    renewed = issue("renouvelé", pki.intermediate, use=SERVER)
    replace_files(pki, files, renewed, renewed)
    assert served_name(client(running.port)) == "localhost"
    running.server.reload()
    assert served_name(client(running.port)) == "renouvelé"
    ask(before)
    assert served_name(before) == "localhost"


def test_a_bad_pair_is_refused_and_the_old_one_kept(serve, client, pki, files, factory, caplog):
    running = serve(context_factory=factory)
    renewed = issue("renouvelé", pki.intermediate, use=SERVER)
    replace_files(pki, files, renewed, pki.client)
    running.server.reload()
    for _ in range(3):
        connection = client(running.port)
        assert served_name(connection) == "localhost"
        ask(connection)
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "le certificat en service est gardé" in record.message
    assert "n'est pas celle du certificat" in record.message


def test_a_factory_that_breaks_keeps_the_old_pair_too(serve, client, factory, caplog):
    factories = [factory, lambda: 1 // 0]
    running = serve(context_factory=lambda: factories.pop(0)())
    running.server.reload()
    ask(client(running.port))
    assert "ZeroDivisionError" in caplog.text


def test_a_server_does_not_start_on_a_bad_pair(pki):
    files = pki.server_files[0], pki.client_files[1]
    wrong = partial(build_server_context, *files, pki.root.pem)
    with bind("127.0.0.1", 0) as listening, pytest.raises(UsageError, match="n'est pas celle"):
        HttpsServer(answer, listening, wrong, SHORT, print)


def test_requests_under_way_finish_when_the_server_stops(serve, client):
    held = Held()
    running = serve(app=held)
    connection = held.hold(client(running.port))
    eventually(lambda: running.server.ready)  # a client may be heard just before
    with stopping(running.server):
        eventually(lambda: not running.server.ready)
        held.released.set()
        response = connection.getresponse()
        assert response.read() == b"done"
        assert response.headers["Connection"] == "close"
    running.thread.join(10)
    assert not running.thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        open_socket(running.port)


def test_who_was_let_in_by_the_machine_as_the_server_stops_is_answered(
    serve, client, client_context
):
    """Their connections wait in the kernel's queue while the only thread answers another one."""
    held = Held()
    running = serve(replace(SHORT, threads=1), app=held)
    first = held.hold(client(running.port))
    queued = [open_socket(running.port) for _ in range(2)]
    with stopping(running.server):
        eventually(lambda: not listens(running.port))
        held.released.set()
        assert first.getresponse().read() == b"done"
        for sock in queued:
            with client_context().wrap_socket(sock, server_hostname="localhost") as late:
                late.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                assert late.recv(1000).startswith(b"HTTP/1.1 200")


def listens(port):
    try:
        open_socket(port).close()
    except (ConnectionRefusedError, ConnectionResetError):  # reset: closed as it was let in
        return False
    return True


def test_an_answer_that_is_leaving_arrives_whole_when_the_server_stops(serve, client):
    content = b"a" * 32 * 1024 * 1024
    running = serve(SHORT, app=lambda request: Response(HTTPStatus.OK, content))
    connection = client(running.port)
    connection.request("GET", "/")
    waiting = running.server.connections.waiting
    eventually(lambda: [each for each in waiting() if each.answering])
    with stopping(running.server):
        assert connection.getresponse().read() == content


def test_stopping_ends_idle_connections_at_once(serve, client):
    running = serve(replace(SHORT, idle_seconds=60.0))
    connection = client(running.port)
    ask(connection)
    running.server.stop()
    assert connection.sock.recv(1) == b""


def test_an_application_that_does_not_return_holds_the_stop_up_only_for_a_while(
    serve, client, caplog
):
    held = Held()
    running = serve(replace(SHORT, stop_seconds=0.2), app=held)
    held.hold(client(running.port))
    running.server.stop()
    assert "abandonnées" in caplog.text
    held.released.set()


def test_a_server_stopped_before_it_serves_does_not_serve(pki, factory):
    listening = bind("127.0.0.1", 0)
    server = HttpsServer(answer, listening, factory, SHORT, print)
    server.stop()
    server.stop()
    server.serve(lambda: pytest.fail("it said it was ready"))
    assert listening.fileno() == -1


def test_readiness_is_told_once_clients_are_accepted(pki, factory, client):
    listening = bind("127.0.0.1", 0)
    port = listening.getsockname()[1]
    server = HttpsServer(answer, listening, factory, SHORT, print)
    with serving(server):
        ask(client(port))


def test_a_server_that_can_watch_no_more_ends_rather_than_be_silent(pki, factory, monkeypatch):
    """The supervisor starts another process in its place."""
    server = HttpsServer(answer, bind("127.0.0.1", 0), factory, SHORT, lambda _: None)

    def broken(_: float) -> None:
        raise OSError("no selector")

    monkeypatch.setattr(server.connections._selector, "select", broken)
    with pytest.raises(OSError, match="no selector"):
        server.serve()
    assert not server.ready


def test_a_connection_that_no_thread_came_to_is_closed_with_the_server(pki, factory):
    """One that was found ready just as the time to stop was over."""
    listening = bind("127.0.0.1", 0)
    server = HttpsServer(answer, listening, factory, SHORT, print)
    places = server.listener.slots._value
    with socket.create_connection(listening.getsockname(), timeout=5) as client:
        server.connections._look()
        client.sendall(b"\x16")
        server.connections._look()
        assert len(server.connections._found) == 1
        server.stop()
        assert client.recv(1) == b""
    assert server.listener.slots._value == places


def test_several_servers_share_a_socket(serve, client, pki, factory):
    """As the processes of a supervisor do; the one that loses the race for a client goes on."""
    first = bind("127.0.0.1", 0)
    second = first.dup()
    port = first.getsockname()[1]
    servers = [HttpsServer(answer, each, factory, SHORT, print) for each in (first, second)]
    threads = [threading.Thread(target=server.serve) for server in servers]
    for thread in threads:
        thread.start()
    for _ in range(20):
        ask(client(port))
    servers[0].stop()
    for _ in range(5):
        ask(client(port))
    servers[1].stop()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_the_context_is_the_same_on_every_python(factory):
    context = factory()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.verify_flags == ssl.VERIFY_X509_TRUSTED_FIRST
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.security_level == ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).security_level
    assert context.security_level >= 2


def test_a_listener_without_settings_has_narrow_bounds():
    assert asdict(Limits()) == {
        "max_header_bytes": 64 * 1024,
        "max_body_bytes": 1024 * 1024,
        "max_connections": 512,
        "max_buffered_bytes": 64 * 1024 * 1024,
        "max_unsent_bytes": 64 * 1024 * 1024,
        "handshake_seconds": 10.0,
        "request_seconds": 20.0,
        "response_seconds": 10.0,
        "idle_seconds": 30.0,
        "threads": 16,
        "stop_seconds": 7.0,
    }


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
    with serving(server):
        assert asked == []  # or the start would wait for all that an application loads
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
        assert asked == [hello]
        server.reload()
    connection.close()


def test_the_door_of_other_machines_waits_for_no_handshake(
    pki, tmp_path, monkeypatch, client_context
):
    monkeypatch.setattr(admin_server, "_HANDSHAKE_SECONDS", 0.3)
    monkeypatch.setattr(admin_server, "_MOST_CLIENTS", 20)
    identity = tmp_path / "identity.pem"
    identity.write_bytes(b"".join(path.read_bytes() for path in pki.server_files))
    local, remote = bind_loopback("127.0.0.1", 0), bind("127.0.0.1", 0)
    door = admin_server.RemoteDoor(remote, identity, lambda application: application)
    port = remote.getsockname()[1]
    server = AdminServer(lambda: hello, local, door)
    with serving(server), ExitStack() as opened:
        silent = [opened.enter_context(open_socket(port)) for _ in range(30)]
        connection = HTTPSConnection("localhost", port, timeout=10, context=client_context(None))
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"
        connection.close()
        assert [sock.recv(1) for sock in silent] == [b""] * len(silent)
