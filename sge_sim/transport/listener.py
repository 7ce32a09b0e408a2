"""A listener: its socket, or one sentence saying why there is none, and what its connections share.

They share its application, its TLS context and its bounds.
"""

import errno
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sge_sim.errors import UsageError, system_reason
from sge_sim.machine import monde
from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.message import Request, Response

_BACKLOG = 1024


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on `host` and `port`; port 0 takes a free one.

    Read the port taken with `getsockname()[1]`. Processes forked afterwards share the socket. A
    name with addresses of both kinds is taken for its IPv4 one.

    Raises `UsageError` if the address isn't one of this machine or the port can't be had.
    """
    family, address = _resolve(host, port)[0]
    try:
        listening = socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(_why_not(error, host, port)) from None
    # The connections inherit it. Without it, an answer sent in two parts, as uvicorn sends its own,
    # waits for a client that delays its acknowledgement of the first: 40 ms for each.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def bind_loopback(host: str, port: int) -> socket.socket:
    """Return a socket that only this machine can reach, for the administration listener.

    The administration API has no authentication: whoever reaches it commands the simulator.

    Raises `UsageError` as `bind` does, and for any address that others could reach.
    """
    for _, address in _resolve(host, port):
        if not ipaddress.ip_address(address[0].partition("%")[0]).is_loopback:
            raise UsageError(
                f"L'administration n'est pas protégée et {host} est joignable d'ailleurs : "
                "la faire écouter sur 127.0.0.1 ou ::1."
            )
    return bind(host, port)


def _resolve(host: str, port: int) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    if not 0 <= port <= 65535:
        raise UsageError(f"{port} n'est pas un port : choisir un nombre de 0 à 65535.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UsageError(
            f"« {host} » n'est pas une adresse où écouter : "
            "donner une adresse de cette machine, par exemple 127.0.0.1."
        ) from None
    found.sort(key=lambda address: address[0] != socket.AF_INET)
    return [(family, (str(address[0]), port)) for family, _, _, _, address in found]


def _why_not(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Le port {port} est déjà pris sur {host} : arrêter le programme qui l'occupe ou "
                "choisir un autre port (0 en prend un libre)."
            )
        case errno.EACCES:
            return (
                f"Le port {port} est réservé à l'administrateur de la machine : "
                "choisir un port au-dessus de 1023."
            )
        case errno.EADDRNOTAVAIL:
            return (
                f"{host} n'est pas une adresse de cette machine : "
                "écouter sur 127.0.0.1, ou sur 0.0.0.0 pour toutes ses adresses."
            )
        case _:
            return f"Impossible d'écouter sur {host}:{port} ({system_reason(error)})."


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
        self._lock = monde.Lock()

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


Responder: TypeAlias = Callable[[Request], Response]
"""What answers the requests; called by several threads at once."""

_log = logging.getLogger(__name__)


class Listener:
    """The application, the TLS context of the moment, and what is left of the bounds.

    `keeping` says whether connections are kept after an answer: until the server stops.
    """

    def __init__(
        self,
        application: Responder,
        tls_context: ssl.SSLContext,
        limits: Limits,
        on_handshake_failure: Callable[[HandshakeFailure], None],
    ) -> None:
        self.application = application
        self.tls_context = tls_context
        self.limits = limits
        self.requests = ByteBudget(limits.max_buffered_bytes)
        self.answers = ByteBudget(limits.max_unsent_bytes)
        self.slots = monde.BoundedSemaphore(limits.max_connections)
        self.keeping = True
        self._on_handshake_failure = on_handshake_failure

    def report(self, failure: HandshakeFailure) -> None:
        """Tell the application about a client that was not let in."""
        try:
            self._on_handshake_failure(failure)
        except Exception as error:
            _log.error("Un échec de négociation TLS n'a pas pu être consigné : %s", error)
