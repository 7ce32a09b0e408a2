"""One client's connection, from its first byte to the end of its last answer.

Stock cheroot shakes hands on the thread that accepts and reads requests on the threads that work,
so one slow client stops them all. Here a connection advances by steps that never wait: the
handshake, then the whole request. Between two steps it costs an entry in the selector
(`loop.py`), not a thread. Only the application's work and the sending of its answer hold one.
"""

from __future__ import annotations

import contextlib
import errno
import io
import socket
import ssl
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from cheroot.server import HTTPConnection

from sge_sim.transport.framing import RequestError, RequestReader
from sge_sim.transport.handshake import Cause, HandshakeFailure, describe_failure
from sge_sim.transport.identity import PEER_CHAIN, TLS_OBJECT
from sge_sim.transport.tls import verified_chain

if TYPE_CHECKING:
    from sge_sim.transport.server import B2BServer

_RECEIVE_BYTES = 64 * 1024
_SEND_AT_BYTES = 64 * 1024
_LINGER_SECONDS = 2.0
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_TCP_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux only

Step = Callable[[], bool]


class Connection(HTTPConnection):
    """A connection: cheroot parses the request and calls the application, the rest is ours.

    `deadline` (monotonic seconds) ends the present step; the selector thread sets `late` when it
    has passed. `waiting_since` (monotonic seconds) is when the connection last came to wait.
    `has_more` says that bytes of a next request are already here, which no selector would
    announce. `authenticated` says that the TLS handshake has succeeded.
    """

    def __init__(self, server: B2BServer, sock: socket.socket, address: tuple[Any, ...]) -> None:
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # the client may be gone already
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(server, sock, lambda *_: io.BytesIO())
        self.wfile = AnswerWriter(self, server.limits.response_seconds)
        self.remote_addr, self.remote_port = address[0], address[1]
        self.authenticated = False
        self.has_more = False
        self.waiting_since = time.monotonic()
        self._limits = server.limits
        self._budget = server.budget
        self._reader = RequestReader(self._limits.max_header_bytes, self._limits.max_body_bytes)
        self._held = 0
        self._closed = False
        self._enter(self._greet, self._drop, self._limits.handshake_seconds)

    def communicate(self) -> bool:
        """Advance as far as possible without waiting; return whether to keep the connection."""
        return self._when_late() if self.late else self._step()

    def close(self) -> None:
        """Say goodbye and release everything; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        self._budget.give_back(self._held)
        with contextlib.suppress(OSError):
            self._end_tls()
        with contextlib.suppress(OSError):
            super().close()
        self.socket.close()
        self.server.slots.release()

    # The steps. Each returns True to wait for more bytes, False to close.

    def _greet(self) -> bool:
        """Wait for a first byte: a silent client, or a port probe, costs no TLS object."""
        try:
            first = self.socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not first:
            return False
        try:
            self.socket = self.server.tls_context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        except OSError:
            return False
        self._step, self._when_late = self._shake_hands, self._handshake_too_slow
        return self._shake_hands()

    def _shake_hands(self) -> bool:
        try:
            self.socket.do_handshake()
        except _WOULD_BLOCK:
            self._acknowledge_at_once()
            return True
        except OSError as error:
            return self._handshake_failed(error)
        self.authenticated = True
        self.ssl_env = {
            TLS_OBJECT: self.socket,
            PEER_CHAIN: tuple(verified_chain(self.socket)),
            "wsgi.url_scheme": "https",
            "HTTPS": "on",
            "SERVER_NAME": self.server.bind_addr[0],
        }
        self._await_request()
        return self._collect()

    def _collect(self) -> bool:
        """Gather one whole request, then have it answered."""
        self.has_more = False
        try:
            while (request := self._reader.take()) is None:
                if self._reader.must_continue():
                    self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                if not self._receive():
                    return False
        except _WOULD_BLOCK:
            return True
        except RequestError as refusal:
            return self._refuse(refusal)
        except OSError:
            return False
        return self._answer(request)

    def _discard(self) -> bool:
        """Read and forget until the client closes.

        Closing with unread input resets the connection, and a reset may overtake the alert or the
        refusal that the client was meant to read.
        """
        try:
            while self.socket.recv(_RECEIVE_BYTES):
                if time.monotonic() > self.deadline:
                    return False
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    # What a deadline ends.

    def _drop(self) -> bool:
        return False

    def _handshake_too_slow(self) -> bool:
        self.server.report(
            HandshakeFailure(self.remote_addr, Cause.TOO_SLOW, "handshake timeout", ())
        )
        return False

    def _request_too_slow(self) -> bool:
        return self._refuse(
            RequestError(
                HTTPStatus.REQUEST_TIMEOUT,
                f"La requête n'est pas arrivée entière en {self._limits.request_seconds:g} s.",
            )
        )

    # How the steps are done.

    def _enter(self, step: Step, when_late: Step, seconds: float) -> None:
        self._step = step
        self._when_late = when_late
        self.late = False
        self.deadline = time.monotonic() + seconds

    def _await_request(self) -> None:
        if self._reader.under_way:
            self._enter(self._collect, self._request_too_slow, self._limits.request_seconds)
        else:
            self._enter(self._collect, self._drop, self._limits.idle_seconds)

    def _receive(self) -> bool:
        """Read once from the network; False if the client has closed."""
        begins = not self._reader.under_way
        data = self.socket.recv(_RECEIVE_BYTES)
        if not data:
            return False
        if not self._budget.take(len(data)):
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Trop de requêtes sont en cours de réception : réessayer dans un instant.",
            )
        self._held += len(data)
        self._reader.receive(data)
        if begins:
            self._await_request()
        return True

    def _answer(self, request: bytes) -> bool:
        self.rfile = io.BytesIO(request)
        try:
            keep = bool(super().communicate())  # type: ignore[no-untyped-call]
            self.wfile.flush()
        except OSError:
            return False
        self.socket.setblocking(False)
        self._budget.give_back(self._held - self._reader.held)
        self._held = self._reader.held
        self.has_more = self._held > 0
        self._await_request()
        return keep

    def _acknowledge_at_once(self) -> None:
        """Spare a client with Nagle's algorithm the 40 ms of a delayed acknowledgement.

        Without tickets a TLS 1.3 server has nothing to send after the client's last flight, so
        nothing else would carry the acknowledgement.
        """
        if _TCP_QUICKACK is not None:
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.IPPROTO_TCP, _TCP_QUICKACK, 1)

    def _handshake_failed(self, error: OSError) -> bool:
        failure = describe_failure(error, self.socket, self.remote_addr)
        parting = b""
        if failure.cause is Cause.PLAIN_HTTP:
            parting = _plain_answer(
                RequestError(
                    HTTPStatus.BAD_REQUEST, "Ce port ne parle que HTTPS : écrire https://."
                )
            )
        self._hang_up(parting)
        self.server.report(failure)
        return True

    def _refuse(self, refusal: RequestError) -> bool:
        """Answer without the application, then hang up."""
        with contextlib.suppress(OSError):
            self.socket.send(_plain_answer(refusal))
            self._end_tls()
        self._hang_up()
        return True

    def _hang_up(self, parting: bytes = b"") -> None:
        """Send what is left to send and the end of the stream, then wait for the client's."""
        self.authenticated = False
        family, kind, protocol = self.socket.family, self.socket.type, self.socket.proto
        self.socket = socket.socket(family, kind, protocol, fileno=self.socket.detach())
        self.socket.setblocking(False)
        with contextlib.suppress(OSError):
            if parting:
                self.socket.send(parting)
            self.socket.shutdown(socket.SHUT_WR)
        self._enter(self._discard, self._drop, _LINGER_SECONDS)

    def _end_tls(self) -> None:
        """Send close_notify, without which strict clients report a truncated answer."""
        if self.authenticated:
            self.socket.setblocking(False)
            self.socket.unwrap()


class AnswerWriter:
    """Gathers an answer, so that its head and body leave together, and sends it.

    `sendall` with a timeout gives a client that reads one byte at a time that timeout for each
    byte; here `seconds` bounds the sending of all that was gathered.
    """

    def __init__(self, connection: Connection, seconds: float) -> None:
        self._connection = connection
        self._seconds = seconds
        self._gathered = bytearray()

    def write(self, data: bytes) -> int:
        """Gather `data`; a large answer leaves by pieces."""
        self._gathered += data
        if len(self._gathered) >= _SEND_AT_BYTES:
            self.flush()
        return len(data)

    def flush(self) -> None:
        """Send what was gathered.

        Raises `BrokenPipeError`, whatever the reason, if the client is gone or doesn't read:
        cheroot then closes the connection without a word in the log.
        """
        data, self._gathered = memoryview(bytes(self._gathered)), bytearray()
        deadline = time.monotonic() + self._seconds
        try:
            while data:
                self._connection.socket.settimeout(max(0.001, deadline - time.monotonic()))
                data = data[self._connection.socket.send(data) :]
        except OSError as error:
            raise BrokenPipeError(errno.EPIPE, "the answer could not be sent") from error


def _plain_answer(refusal: RequestError) -> bytes:
    body = f"{refusal.sentence}\n".encode()
    head = (
        f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
