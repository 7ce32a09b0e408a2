"""One client's connection, from its first byte to the end of its last answer.

A connection advances by steps that never wait: the handshake, then a whole request, then its whole
answer. Between two steps it costs an entry in the selector (`loop.py`), not a thread: a client that
is slow to send, or to read, holds nobody up. Only the application's work holds a thread.
"""

import contextlib
import logging
import selectors
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from sge_sim.transport import answering
from sge_sim.transport.framing import RequestError, RequestReader
from sge_sim.transport.handshake import Cause, HandshakeFailure, describe_failure
from sge_sim.transport.listener import Listener
from sge_sim.transport.message import Departure, Request, Sender
from sge_sim.transport.tls import verified_chain

_RECORD_BYTES = 16 * 1024  # of TLS: no more is read, or written, at once
_LINGER_SECONDS = 2.0
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_TCP_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux only
_TCP_CORK: int | None = getattr(socket, "TCP_CORK", None)  # Linux only

Step = Callable[[], bool]

_log = logging.getLogger(__name__)


class Connection:
    """A connection, which any thread may advance, one at a time.

    `deadline` (monotonic seconds) ends the present step; the selector thread sets `late` when it
    has passed. `waits_for` are the events (`selectors`) that allow the next step; with none, only
    the deadline does. `waiting_since` (monotonic seconds) is when the connection last came to wait.
    `descriptor` is the number of its socket; `watched_for` are the events for which the loop
    watches it, and `worked_on` tells whether a thread has it. `has_more` says that bytes of a
    next request are already here, which no selector would announce. `authenticated` says that the
    TLS handshake has succeeded, `answering` that an answer is still leaving, `served` that a
    request was answered on it.
    """

    def __init__(self, listener: Listener, sock: socket.socket, address: tuple[Any, ...]) -> None:
        sock.setblocking(False)
        self.socket: Any = sock  # plain, then `ssl.SSLSocket`, then plain to hang up
        self._set(socket.TCP_NODELAY, 1)
        self.authenticated = False
        self.served = False
        self.has_more = False
        self.waiting_since = time.monotonic()
        self.descriptor = sock.fileno()
        self.watched_for = 0
        self.worked_on = False
        self._listener = listener
        self._limits = listener.limits
        self._address = str(address[0])
        self._reader: RequestReader
        self._held = 0
        self._unsent: list[memoryview] = []
        self._unsent_taken = 0
        self._to_come: deque[tuple[float, bytes]] = deque()
        self._cuts = False
        self._keep = False
        self._closed = False
        self._enter(self._greet, self._drop, self._limits.handshake_seconds)

    @property
    def answering(self) -> bool:
        """Whether an answer is still leaving."""
        return bool(self._unsent or self._to_come)

    def advance(self) -> bool:
        """Advance as far as possible without waiting; return whether to keep the connection."""
        return self._when_late() if self.late else self._step()

    def close(self) -> None:
        """Say goodbye and release everything; harmless when repeated."""
        if self._closed:
            return
        self._closed = True
        self._listener.requests.give_back(self._held)
        self._listener.answers.give_back(self._unsent_taken)
        with contextlib.suppress(OSError):
            self._end_tls()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self._listener.slots.release()

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
            self.socket = self._listener.tls_context.wrap_socket(
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
        leaf, *authorities = verified_chain(self.socket) or [b""]
        self._reader = RequestReader(
            Sender(leaf, tuple(authorities), self._address),
            self._limits.max_header_bytes,
            self._limits.max_body_bytes,
        )
        self._await_request()
        return self._collect()

    def _collect(self) -> bool:
        """Gather one whole request, then have it answered."""
        self.has_more, begun = False, self._reader.under_way
        try:
            while (request := self._reader.take()) is None:
                if self._reader.must_continue():
                    self.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
                if not self._receive():
                    return False
        except _WOULD_BLOCK:
            if self._reader.under_way and not begun:
                self._await_request()
            return True
        except RequestError as refusal:
            return self._refuse(refusal)
        except OSError:
            return False
        return self._answer(request)

    def _send(self) -> bool:
        """Send what the network takes of the answer; then go on to the next request."""
        try:
            while self._unsent:
                sent = self.socket.send(self._unsent[0])
                if sent < len(self._unsent[0]):
                    self._unsent[0] = self._unsent[0][sent:]
                else:
                    del self._unsent[0]
        except ssl.SSLWantReadError:  # a change of keys
            self.waits_for = selectors.EVENT_READ
            return True
        except _WOULD_BLOCK:
            self.waits_for = selectors.EVENT_WRITE
            return True
        except OSError:
            return False
        if self._to_come:
            return self._send_next()
        if self._unsent_taken:
            self._listener.answers.give_back(self._unsent_taken)
            self._unsent_taken = 0
        if self._cuts:
            self.authenticated = False  # no goodbye: the client finds that its answer lacks an end
        self.has_more = self._held > 0
        self._await_request()
        return self._keep

    def _discard(self) -> bool:
        """Read and forget until the client closes.

        Closing with unread input resets the connection, and a reset may overtake the alert or the
        refusal that the client was meant to read.
        """
        try:
            while self.socket.recv(_RECORD_BYTES):
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
        self._listener.report(
            HandshakeFailure(self._address, Cause.TOO_SLOW, "handshake timeout", ())
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
        self.waits_for = selectors.EVENT_READ
        self.deadline = time.monotonic() + seconds

    def _await_request(self) -> None:
        if self._reader.under_way:
            self._enter(self._collect, self._request_too_slow, self._limits.request_seconds)
        else:
            self._enter(self._collect, self._drop, self._limits.idle_seconds)

    def _receive(self) -> bool:
        """Read once from the network; False if the client has closed."""
        data = self.socket.recv(_RECORD_BYTES)
        if not data:
            return False
        if not self._listener.requests.take(len(data)):
            raise RequestError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Trop de requêtes sont en cours de réception : réessayer dans un instant.",
            )
        self._held += len(data)
        self._reader.receive(data)
        return True

    def _answer(self, request: Request) -> bool:
        """Get the application's answer, and send what the network takes at once."""
        try:
            response = self._listener.application(request)
        except Exception:
            _log.exception("La requête %s %s n'a pas de réponse.", request.method, request.path)
            response = answering.text_response(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "Le simulateur n'a pas pu répondre : la raison est dans ses messages.",
            )
        self._listener.requests.give_back(self._held - self._reader.held)
        self._held = self._reader.held
        self.served = True
        self._keep = self._reader.keeps and self._listener.keeping
        leaving = answering.pieces(
            response,
            self._connection_headers(),
            request.method == "HEAD",
            chunks=not self._reader.is_http_1_0,
        )
        if response.departure is not None:
            return self._send_in_parts(response.departure, b"".join(leaving))
        self._unsent = [memoryview(piece) for piece in leaving]
        self._enter(self._send, self._drop, self._limits.response_seconds)
        if _TCP_CORK is None or sum(map(len, leaving)) <= _RECORD_BYTES:
            kept = self._send()
        else:  # its records leave together, or each would go all the way to the client by itself
            self._set(_TCP_CORK, 1)
            kept = self._send()
            self._set(_TCP_CORK, 0)
        if self._unsent and kept:
            left = sum(map(len, self._unsent))
            if not self._listener.answers.take(left):
                return False
            self._unsent_taken = left
        return kept

    def _send_in_parts(self, departure: Departure, answer: bytes) -> bool:
        """Send an answer whose departure is planned; no thread waits between its parts."""
        if not self._listener.answers.take(len(answer)):
            return False
        self._unsent_taken = len(answer)
        self._cuts, self._keep = departure.cuts, self._keep and not departure.cuts
        self._to_come.extend(departure.parts(answer))
        return self._send_next()

    def _send_next(self) -> bool:
        """Send the next part, once its pause is over."""
        pause, part = self._to_come.popleft()
        self._unsent = [memoryview(part)] if part else []
        if pause:
            self._enter(self._send_on, self._send_on, pause)
            self.waits_for = 0
            return True
        return self._send_on()

    def _send_on(self) -> bool:
        self._enter(self._send, self._drop, self._limits.response_seconds)
        return self._send()

    def _connection_headers(self) -> list[tuple[str, str]]:
        if not self._keep:
            return [("Connection", "close")]
        if not self._reader.is_http_1_0:
            return []
        seconds = int(self._limits.idle_seconds)
        return [("Connection", "Keep-Alive"), ("Keep-Alive", f"timeout={seconds}")]

    def _acknowledge_at_once(self) -> None:
        """Spare a client with Nagle's algorithm the 40 ms of a delayed acknowledgement.

        Without tickets a TLS 1.3 server has nothing to send after the client's last flight, so
        nothing else would carry the acknowledgement.
        """
        if _TCP_QUICKACK is not None:
            self._set(_TCP_QUICKACK, 1)

    def _set(self, option: int, value: int) -> None:
        with contextlib.suppress(OSError):  # the client may be gone already
            self.socket.setsockopt(socket.IPPROTO_TCP, option, value)

    def _handshake_failed(self, error: OSError) -> bool:
        failure = describe_failure(error, self.socket, self._address)
        parting = b""
        if failure.cause is Cause.PLAIN_HTTP:
            (parting,) = answering.refusal(
                RequestError(
                    HTTPStatus.BAD_REQUEST, "Ce port ne parle que HTTPS : écrire https://."
                )
            )
        self._hang_up(parting)
        self._listener.report(failure)
        return True

    def _refuse(self, refusal: RequestError) -> bool:
        """Answer without the application, then hang up."""
        with contextlib.suppress(OSError):
            self.socket.send(b"".join(answering.refusal(refusal)))
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
