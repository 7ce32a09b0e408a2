"""HTTP/1.1 as clients speak it, and the bounds they are held to."""

import json
import socket
import ssl
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from http.client import HTTPResponse
from unittest.mock import Mock

import pytest
from transport_kit import LARGE_ANSWER, SHORT, Held, ask, open_socket, seconds_of
from waiting import eventually

from sge_sim.transport.connection import Connection
from sge_sim.transport.message import Departure, Response
from sge_sim.transport.tls import build_server_context

LIMIT = SHORT.max_body_bytes


def read_to_the_end(tls):
    """Read until the server's close_notify; a stream cut without it would raise."""
    tls.suppress_ragged_eofs = False
    return b"".join(iter(lambda: tls.recv(65536), b""))


def test_many_requests_share_a_connection_and_none_waits_for_an_acknowledgement(serve, client):
    running = serve()
    kept = client(running.port)
    for number in range(200):
        assert ask(kept, "/echo", b"%d" % number) == b"%d" % number
    (connection,) = eventually(running.server.connections.waiting)
    assert connection.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert ask(kept, "/large") == LARGE_ANSWER
    kept.request("HEAD", "/large")
    response = kept.getresponse()
    assert response.headers["Content-Length"] == str(len(LARGE_ANSWER))
    assert response.read() == b""
    ask(kept)


def test_the_application_sees_a_parsed_request(serve, client):
    seen = json.loads(ask(client(serve().port), "/a%20b%2Fc?d=%20", Accept="text/xml"))
    assert seen["method"] == "GET"
    assert seen["path"] == "/a b%2Fc"
    assert seen["query"] == "d=%20"
    assert seen["accept"] == "text/xml"


def test_a_chunked_body_is_whole_for_the_application(serve, client):
    connection = client(serve().port)
    pieces = [b"a" * 20_000, b"b" * 10_000]
    connection.request("POST", "/echo", iter(pieces), encode_chunked=True)
    assert connection.getresponse().read() == b"".join(pieces)
    connection.request("POST", "/", iter(pieces), encode_chunked=True)
    assert "transfer-encoding" not in json.loads(connection.getresponse().read())


def test_chunked_in_capitals_is_answered_at_once_and_keeps_the_connection(serve, open_tls):
    tls = open_tls(serve().port)
    began = time.monotonic()
    for body in (b"first", b"and then another"):
        tls.sendall(
            b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n"
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        )
        answer = HTTPResponse(tls, method="POST")
        answer.begin()
        assert (answer.status, answer.read(), answer.will_close) == (200, body, False)
    assert time.monotonic() - began < SHORT.request_seconds


def test_expect_is_answered_before_the_body_comes(serve, open_tls):
    tls = open_tls(serve().port)
    tls.sendall(
        b"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
        b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    )
    assert tls.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    tls.sendall(b"hello")
    assert read_to_the_end(tls).endswith(b"\r\n\r\nhello")


def test_requests_sent_ahead_are_answered_in_order(serve, open_tls):
    tls = open_tls(serve().port)
    bodies = [b"%03d" % number for number in range(50)]
    requests = [b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n" + b for b in bodies]
    tls.sendall(b"".join(requests) + b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    answers = read_to_the_end(tls).split(b"HTTP/1.1 200 OK")
    assert [answer[-3:] for answer in answers[1:-1]] == bodies


def test_half_a_request_sent_ahead_is_waited_for(serve, open_tls):
    tls = open_tls(serve().port)
    request = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
    tls.sendall(request + b"one" + request[:20])
    assert eventually(lambda: tls.recv(65536)).endswith(b"one")
    tls.sendall(request[20:] + b"two")
    assert eventually(lambda: tls.recv(65536)).endswith(b"two")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_answered_413(serve, client, chunked):
    """The client is still sending when it is refused, and must be able to read why."""
    connection = client(serve().port)
    body = iter([b"a" * 10_000] * 400) if chunked else b"a" * 4_000_000
    with suppress(OSError):  # it may notice before the end
        connection.request("POST", "/echo", body, encode_chunked=chunked)
    response = connection.getresponse()
    assert response.status == 413
    assert str(LIMIT) in response.read().decode()
    assert response.headers["Connection"] == "close"


def test_a_header_over_the_limit_is_answered_413(serve, client):
    connection = client(serve().port)
    connection.request("GET", "/", headers={"X-Long": "a" * 20_000})
    response = connection.getresponse()
    assert response.status == 413
    assert "en-têtes" in response.read().decode()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"400 Bad Request"),
        (b"POST / HTTP/1.1\r\nHost: a\r\n", b"408 Request Timeout"),
    ],
)
def test_a_malformed_or_endless_request_is_answered(serve, open_tls, sent, status):
    tls = open_tls(serve().port)
    tls.sendall(sent)
    assert read_to_the_end(tls).startswith(b"HTTP/1.1 %b\r\n" % status)


def test_an_idle_connection_is_closed_without_a_word(serve, open_tls):
    tls = open_tls(serve(replace(SHORT, idle_seconds=0.3)).port)
    assert read_to_the_end(tls) == b""


@pytest.mark.parametrize("error", [LookupError, OSError, ConnectionResetError])
def test_an_error_of_the_application_is_answered_500_and_logged(serve, client, caplog, error):
    def fail(request):
        raise error("perdu")

    connection = client(serve(app=fail).port)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.status == 500
    assert "ses messages" in response.read().decode()
    assert eventually(lambda: "perdu" in caplog.text)


def test_an_http_1_0_client_is_told_that_it_may_go_on(serve, open_tls):
    tls = open_tls(serve().port)
    tls.sendall(b"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
    answer = tls.recv(65536)
    assert b"\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=2\r\n" in answer
    tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
    assert b"\r\nConnection: close\r\n" in read_to_the_end(tls)


def test_requests_in_memory_are_bounded_all_connections_together(serve, client, open_tls):
    running = serve(replace(SHORT, max_buffered_bytes=60_000, request_seconds=5.0))
    holder = open_tls(running.port)
    holder.sendall(
        b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n" + b"a" * 39_999
    )
    assert ask(client(running.port), "/echo", b"small") == b"small"

    def refusal():
        connection = client(running.port)
        connection.request("POST", "/echo", b"a" * 40_000)
        response = connection.getresponse()
        return response.status == 503 and response.read().decode()

    assert "réessayer" in eventually(refusal)  # as soon as the first body has been received
    holder.sendall(b"a")  # its request is whole, and its bytes are given back
    assert eventually(lambda: holder.recv(65536))
    for _ in range(10):
        assert len(ask(client(running.port), "/echo", b"a" * 40_000)) == 40_000


def test_over_the_connection_limit_those_that_wait_longest_give_way(serve, client, caplog):
    """Clients who only occupy places don't keep the others out."""
    running = serve(replace(SHORT, max_connections=10, handshake_seconds=60.0, idle_seconds=60.0))
    known = client(running.port)
    ask(known)
    with ExitStack() as opened:
        silent = [opened.enter_context(open_socket(running.port)) for _ in range(30)]
        for _ in range(5):
            ask(client(running.port))
        assert "Limite de 10 connexions" in caplog.text
        assert silent[0].recv(1) == b""  # cut long before its minute
        ask(known)  # while the one with a certificate keeps its place


def test_over_the_limit_a_crowd_of_known_clients_gives_way_to_newcomers(
    serve, client, client_context
):
    """A handshake that begins isn't ended for clients who have done theirs and say nothing."""
    running = serve(replace(SHORT, max_connections=10, handshake_seconds=60.0, idle_seconds=60.0))
    crowd = [client(running.port) for _ in range(10)]
    for each in crowd:
        ask(each)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    shaking = client_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with open_socket(running.port) as newcomer:
        with pytest.raises(ssl.SSLWantReadError):
            shaking.do_handshake()
        newcomer.sendall(outgoing.read())
        incoming.write(newcomer.recv(65536))
        for _ in range(5):
            ask(client(running.port))
        shaking.do_handshake()
        newcomer.sendall(outgoing.read())
        shaking.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        newcomer.sendall(outgoing.read())
        assert newcomer.recv(65536)
    assert crowd[0].sock.recv(1) == b""


def test_over_the_limit_those_who_ask_far_ahead_give_way(serve, client, open_tls):
    def answer(request):
        time.sleep(0.02)
        return Response(HTTPStatus.OK, b"")

    limits = replace(SHORT, max_connections=4, threads=1, idle_seconds=60.0)
    running = serve(limits, app=answer)
    for _ in range(4):
        open_tls(running.port).sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 500)
    for _ in range(10):
        ask(client(running.port))
    listener = running.server.listener
    running.server.stop()
    assert listener.slots._value == 4
    assert listener.requests._left == limits.max_buffered_bytes


def test_a_listener_that_asks_for_no_certificate_lets_everybody_in(
    serve, client, client_context, pki
):
    def tell(request):
        return Response(HTTPStatus.OK, repr(request.sender.certificate).encode())

    factory = partial(build_server_context, *pki.server_files, None)
    port = serve(app=tell, context_factory=factory).port
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for files in (None, pki.client_files):
            assert ask(client(port, client_context(files, version))) == b"b''"


def test_when_every_connection_is_being_served_a_newcomer_is_turned_away(serve, client):
    held = Held()
    running = serve(replace(SHORT, max_connections=2, threads=3), app=held)
    served = [held.hold(client(running.port)) for _ in range(2)]
    with pytest.raises((ssl.SSLError, OSError)):
        client(running.port).connect()
    held.released.set()
    assert [connection.getresponse().read() for connection in served] == [b"done", b"done"]


def test_a_connection_that_closes_gives_its_place_back_and_a_request_its_bytes_once(serve, client):
    """The budget would grow without end if each request gave back those before it too."""
    running = serve(replace(SHORT, max_connections=3))
    for _ in range(20):
        connection = client(running.port)
        for _ in range(5):
            ask(connection, "/echo", b"a" * 1_000)
        connection.close()
    assert eventually(lambda: running.server.listener.slots._value == 3)
    assert running.server.listener.requests._left == SHORT.max_buffered_bytes


def test_a_refused_client_that_never_stops_sending_is_cut():
    """Its bytes are always there to read, so that no selector gets to see the time."""
    refused = Connection.__new__(Connection)
    refused.socket = Mock(recv=Mock(side_effect=[b"a"] * 10 + [AssertionError("still read")]))
    refused.deadline = time.monotonic() - 0.001
    assert refused._discard() is False


def test_no_client_waits_for_a_delayed_acknowledgement(serve, client, open_tls):
    """A handshake without tickets would cost 40 ms to a client that waits for it."""
    port = serve().port
    request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    def connect_with_nagle():
        tls = open_tls(port)
        tls.sendall(request)
        assert read_to_the_end(tls)

    # A wait that is always there shows in the fastest of them.
    assert min(seconds_of(connect_with_nagle, 10)) < 0.035


def departing(departure):
    def app(request):
        return Response(HTTPStatus.OK, b"0123456789" * 100, (), "", departure)

    return app


def test_a_late_and_slow_answer_comes_whole_and_holds_no_thread(serve, client):
    limits = replace(SHORT, threads=1)
    running = serve(limits, departing(Departure(delay_seconds=0.2, over_seconds=0.3)))
    clients = [client(running.port) for _ in range(6)]
    began = time.monotonic()
    for each in clients:
        each.request("GET", "/")
    answers = [each.getresponse().read() for each in clients]
    assert answers == [b"0123456789" * 100] * 6
    assert 0.5 <= time.monotonic() - began < 2.0  # one after the other: 3 s
    assert ask(clients[0]) == answers[0]  # the connection is kept


@pytest.mark.parametrize("kept", [0.0, 0.5])
def test_a_cut_answer_ends_without_a_goodbye(serve, open_tls, kept):
    tls = open_tls(serve(app=departing(Departure(kept=kept))).port)
    tls.suppress_ragged_eofs = False
    tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    parts: list[bytes] = []
    with pytest.raises(ssl.SSLError):
        parts.extend(iter(lambda: tls.recv(65536), b""))
    received = b"".join(parts)
    assert received.startswith(b"HTTP/1.1 200") is (kept > 0)
    assert len(received) < 1000
