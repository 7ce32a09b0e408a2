"""More clients than a door has places, that only occupy it, in a process of their own, and what
others wait."""

import os
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from typing import Literal, get_args

from many_processes import PROCESSES

Manner = Literal["idle", "half", "slow", "deaf"]
MANNERS: tuple[Manner, ...] = get_args(Manner)
PLACES, COUNT = (100, 130) if "SGE_SIM_SOAK_SECONDS" in os.environ else (40, 52)
"""Places enough for more clients than a door has threads; those of a soak are many."""

_HALF_A_HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Padding: "
_AHEAD = 4


@dataclass(frozen=True)
class Door:
    """Where to knock: `request` is a call that is cheap to answer, `large` one of a long answer.

    `identity` are the files of a client certificate, where the door asks for one.
    """

    port: int
    authority: str
    request: bytes
    large: bytes
    identity: tuple[str, str] | None = None

    def context(self) -> ssl.SSLContext:
        """The TLS context of a client who is welcome."""
        context = ssl.create_default_context(cafile=self.authority)
        if self.identity:
            context.load_cert_chain(*self.identity)
        return context

    def enter(self, context: ssl.SSLContext, buffer: int | None = None) -> ssl.SSLSocket:
        """Connect; `buffer` bounds what the system takes of answers that aren't read."""
        plain = socket.socket()
        plain.settimeout(30)
        if buffer is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        plain.connect(("127.0.0.1", self.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return context.wrap_socket(plain, server_hostname="localhost")


@cache
def waits_alone(door: Door, calls: int) -> tuple[float, float]:
    """What is waited where nobody else comes."""
    return waits(door, calls)


def waits(door: Door, calls: int) -> tuple[float, float]:
    """The seconds of the 99th of a hundred calls: on a kept connection, on new ones."""
    context = door.context()
    with closing(door.enter(context)) as kept:
        on_kept = _p99(lambda: _call(kept, door.request), calls)

    def call_anew() -> None:
        with closing(door.enter(context)) as anew:
            _call(anew, door.request)

    return on_kept, _p99(call_anew, calls)


@contextmanager
def crowd(door: Door, manner: Manner) -> Iterator[None]:
    """Have `COUNT` clients before a door in the block, each connected when it begins."""
    ours, theirs = PROCESSES.Pipe()
    attackers = PROCESSES.Process(target=_crowd, args=(door, manner, theirs))
    attackers.start()
    try:
        assert ours.poll(90), "the crowd is not there"
        assert ours.recv() == COUNT
        yield
    finally:
        attackers.terminate()
        attackers.join(10)


def _crowd(door: Door, manner: Manner, pipe: Connection) -> None:
    context = door.context()
    with ExitStack() as stack:
        clients = []
        for _ in range(COUNT):
            client = door.enter(context, 4096 if manner == "deaf" else None)
            stack.enter_context(closing(client))
            if manner == "deaf":
                client.sendall(door.large * _AHEAD)
            elif manner != "idle":
                client.sendall(_HALF_A_HEAD)
            clients.append(client)
        pipe.send(len(clients))
        _stay(clients if manner == "slow" else [], pipe)


def _stay(dripping: Sequence[ssl.SSLSocket], pipe: Connection) -> None:
    """Wait for the end; meanwhile each of `dripping` sends a byte more in its turn."""
    left, turn = list(dripping), 0
    while not pipe.poll(0.001 if left else 1):
        turn += 1
        if left:
            client = left[turn % len(left)]
            try:
                client.send(b"a")
            except OSError:
                left.remove(client)


def _p99(call: Callable[[], None], calls: int) -> float:
    seconds = []
    for _ in range(calls):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return sorted(seconds)[calls * 99 // 100 - 1]


def _call(client: ssl.SSLSocket, request: bytes) -> None:
    client.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(client)
    head, _, content = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), received
    missing = int(head.lower().partition(b"content-length:")[2].split()[0]) - len(content)
    while missing > 0:
        missing -= len(_some(client))


def _some(client: ssl.SSLSocket) -> bytes:
    data = client.recv(65536)
    assert data, "the connection has ended"
    return data


def request(
    method: str, target: str, content: bytes = b"", headers: dict[str, str] | None = None
) -> bytes:
    """The bytes of a request."""
    sent = {"Host": "localhost", "Content-Length": str(len(content)), **(headers or {})}
    lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + content
