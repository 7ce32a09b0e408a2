"""What all connections of a listener share: its application, its TLS context, its bounds."""

import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.message import Request, Response


@dataclass(frozen=True)
class Limits:
    """The bounds of one serving process (several processes each have their own).

    Without them one careless or hostile client stops the service for all the others.
    """

    max_header_bytes: int = 64 * 1024
    """Request line and headers; more is answered 413. A SOAP client sends under 2 kB."""

    max_body_bytes: int = 1024 * 1024
    """Body of a request; more is answered 413. An SGE request is a few kB of XML."""

    max_connections: int = 512
    """Open connections. Beyond, the one that has waited longest gives way, of those whose handshake
    is done or of the others, whichever are more. Each is a file descriptor, of which a process
    usually has 1 024."""

    max_buffered_bytes: int = 64 * 1024 * 1024
    """Requests held in memory, all connections together; more is answered 503."""

    max_unsent_bytes: int = 64 * 1024 * 1024
    """Answers that the network doesn't take yet, all connections together; beyond, the client
    that doesn't read its answer is cut."""

    handshake_seconds: float = 10.0
    """From the connection to the end of the TLS handshake, however the bytes arrive."""

    request_seconds: float = 20.0
    """From the first byte of a request to its last, however they arrive."""

    response_seconds: float = 10.0
    """To hand a whole answer to the network; longer means a client that doesn't read."""

    idle_seconds: float = 30.0
    """Between two requests of a kept connection."""

    threads: int = 16
    """Requests worked on at once. More capacity comes from processes, not from threads."""

    stop_seconds: float = 7.0
    """For the requests under way to finish when the server stops."""


class ByteBudget:
    """How many bytes may still be held; shared by the connections of a process."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._lock = threading.Lock()

    def take(self, count: int) -> bool:
        """Take `count` bytes; False, and nothing taken, if they aren't there."""
        with self._lock:
            if count > self._left:
                return False
            self._left -= count
            return True

    def give_back(self, count: int) -> None:
        """Return `count` bytes taken before."""
        with self._lock:
            self._left += count


Application: TypeAlias = Callable[[Request], Response]
"""What answers the requests; called by several threads at once."""

_log = logging.getLogger(__name__)


class Listener:
    """The application, the TLS context of the moment, and what is left of the bounds.

    `keeping` says whether connections are kept after an answer: until the server stops.
    """

    def __init__(
        self,
        application: Application,
        tls_context: ssl.SSLContext,
        limits: Limits,
        on_handshake_failure: Callable[[HandshakeFailure], None],
    ) -> None:
        self.application = application
        self.tls_context = tls_context
        self.limits = limits
        self.requests = ByteBudget(limits.max_buffered_bytes)
        self.answers = ByteBudget(limits.max_unsent_bytes)
        self.slots = threading.BoundedSemaphore(limits.max_connections)
        self.keeping = True
        self._on_handshake_failure = on_handshake_failure

    def report(self, failure: HandshakeFailure) -> None:
        """Tell the application about a client that was not let in."""
        try:
            self._on_handshake_failure(failure)
        except Exception as error:
            _log.error("Un échec de négociation TLS n'a pas pu être consigné : %s", error)
