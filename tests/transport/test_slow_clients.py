"""Careless and hostile clients: the others keep being served, and they are cut.

Each attack is run by more clients than the server has threads.
"""

import contextlib
import select
import socket
import ssl
import threading
import time
from dataclasses import replace
from http import HTTPStatus

import pytest
from transport_kit import SHORT, ask, open_socket, seconds_of
from waiting import eventually

from sge_sim.transport.message import Response

ATTACKERS = 6
CUT_SECONDS = 1.0
MARGIN_SECONDS = 6.0
MACHINE_SECONDS = 0.15  # for a machine that has other work
REQUEST = b"POST /echo HTTP/1.1\r\nHost: a\r\n"
LIMITS = replace(SHORT, idle_seconds=CUT_SECONDS)


def client_hello():
    """Return a real ClientHello."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname="localhost").do_handshake()
    return outgoing.read()


# name: whether it comes with TLS, what it sends at once, what it then sends byte by byte
ATTACKS = {
    "connect and say nothing": (False, b"", b""),
    "six bytes of a ClientHello": (False, client_hello()[:6], b""),
    "a ClientHello byte by byte": (False, b"", client_hello()[:-1]),
    "shake hands and say nothing": (True, b"", b""),
    "a header byte by byte": (True, REQUEST, b"X-Padding: " + b"a" * 500),
    "a body byte by byte": (True, REQUEST + b"Content-Length: 9999\r\n\r\n", b"a" * 500),
    "chunks byte by byte": (
        True,
        REQUEST + b"Transfer-Encoding: chunked\r\n\r\n",
        b"1\r\na\r\n" * 90,
    ),
    "expect, then byte by byte": (
        True,
        REQUEST + b"Expect: 100-continue\r\nContent-Length: 9999\r\n\r\n",
        b"a" * 500,
    ),
}


def test_slow_clients_are_cut_while_others_are_served(serve, client, client_context):
    """All attacks at once, each by more clients than there are threads."""
    port = serve(LIMITS).port
    attackers, dripping = {}, []
    for attack, (with_tls, at_once, drip) in ATTACKS.items():
        attackers[attack] = []
        for _ in range(ATTACKERS):
            sock = open_socket(port)
            if with_tls:
                sock = client_context().wrap_socket(sock, server_hostname="localhost")
            sock.sendall(at_once)
            attackers[attack].append(sock)
        dripping.append(threading.Thread(target=send_slowly, args=(attackers[attack], drip)))
        dripping[-1].start()
    began = time.monotonic()
    served = 0
    try:
        while time.monotonic() - began < CUT_SECONDS:
            asked = time.monotonic()
            ask(client(port), "/echo", b"hello")
            assert time.monotonic() - asked < CUT_SECONDS
            served += 1
            time.sleep(0.02)
        assert served
        until = began + CUT_SECONDS + MARGIN_SECONDS
        cut = {attack: all(is_cut(each, until) for each in attackers[attack]) for attack in ATTACKS}
        assert cut == dict.fromkeys(ATTACKS, True)
        ask(client(port))
    finally:
        for thread in dripping:
            thread.join()
        for sock in (sock for sockets in attackers.values() for sock in sockets):
            sock.close()


@pytest.mark.parametrize("reading", [False, True], ids=["never", "byte by byte"])
def test_clients_that_do_not_read_do_not_slow_the_others(serve, client, client_context, reading):
    """They ask ahead for large answers, many more than there are threads."""
    port = serve(replace(LIMITS, response_seconds=30.0, idle_seconds=30.0)).port
    kept = client(port)
    usual = slowest_of_fifty(lambda: ask(kept, "/echo", b"hello"))
    usual_anew = slowest_of_fifty(lambda: ask(client(port), "/echo", b"hello"))
    attackers, over = [], threading.Event()
    dripping = threading.Thread(target=read_slowly, args=(attackers, over))
    try:
        for _ in range(24):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.settimeout(10)
            sock.connect(("127.0.0.1", port))
            attackers.append(client_context().wrap_socket(sock, server_hostname="localhost"))
            attackers[-1].sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n" * 40)
        if reading:
            dripping.start()
        disturbed = slowest_of_fifty(lambda: ask(kept, "/echo", b"hello"))
        disturbed_anew = slowest_of_fifty(lambda: ask(client(port), "/echo", b"hello"))
    finally:
        over.set()
        if dripping.ident:
            dripping.join()
        for sock in attackers:
            sock.close()
    assert disturbed < 2 * usual + MACHINE_SECONDS
    assert disturbed_anew < 2 * usual_anew + MACHINE_SECONDS


def test_those_who_ask_far_ahead_take_turns(serve, client, open_tls):
    """Twenty of them on four threads: the others would wait for a quarter of a second."""

    def answer(request):
        if request.path == "/ahead":
            time.sleep(0.05)
        return Response(HTTPStatus.OK, b"")

    port = serve(replace(LIMITS, idle_seconds=30.0), app=answer).port
    kept = client(port)
    for _ in range(20):
        open_tls(port).sendall(b"GET /ahead HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
    time.sleep(0.5)  # the first request of each came alone
    assert sorted(seconds_of(lambda: ask(kept), 11))[5] < 0.1


def test_an_answer_nobody_reads_is_given_up(serve, client, open_tls):
    """Larger than any buffer of the system, with a single thread: it waits for nobody."""
    large = Response(HTTPStatus.OK, b"a" * 64 * 1024 * 1024)
    empty = Response(HTTPStatus.OK, b"")
    running = serve(
        replace(LIMITS, threads=1, handshake_seconds=10.0),
        app=lambda request: empty if request.path == "/" else large,
    )
    tls = open_tls(running.port)
    tls.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
    tls.recv(1)
    asked = time.monotonic()
    ask(client(running.port))
    assert time.monotonic() - asked < CUT_SECONDS / 2
    connections = running.server.connections
    assert any(each.answering for each in connections.waiting())
    eventually(lambda: not any(each.answering for each in connections.waiting()))
    eventually(lambda: running.server.listener.answers._left == LIMITS.max_unsent_bytes)


def test_answers_that_wait_are_bounded_all_connections_together(serve, open_tls):
    content = b"a" * 16 * 1024 * 1024
    limits = replace(LIMITS, max_unsent_bytes=40 * 1024 * 1024, response_seconds=30.0)
    running = serve(limits, app=lambda request: Response(HTTPStatus.OK, content))
    for _ in range(6):
        open_tls(running.port).sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    waiting = running.server.connections.waiting
    eventually(lambda: running.server.listener.slots._value > limits.max_connections - 6)
    assert sum(each.answering for each in waiting()) <= 3


def slowest_of_fifty(action):
    """Return the seconds of the slowest but one of fifty runs."""
    return sorted(seconds_of(action, 50))[-2]


def read_slowly(attackers, over):
    """Read one byte of each in turn, until it is over."""
    while not over.is_set():
        for sock in attackers:
            with contextlib.suppress(OSError):
                sock.recv(1)
        over.wait(0.02)


def send_slowly(attackers, drip):
    """Send `drip` byte by byte to all, until the last of them has been cut."""
    left = list(attackers)
    for position in range(len(drip)):
        for sock in list(left):
            try:
                sock.send(drip[position : position + 1])
            except OSError:
                left.remove(sock)
        if not left:
            return
        time.sleep(0.02)


def is_cut(sock, until):
    """Wait until `until` for the server to end the connection."""
    while select.select([sock], [], [], max(0, until - time.monotonic()))[0]:
        try:
            if not sock.recv(65536):
                return True
        except (ConnectionError, ssl.SSLError):
            return True
    return False
