"""The administration: an ASGI application on uvicorn, in a process of its own.

uvicorn lets in whoever comes, and waits for ever for what they are about to send or to read: here
the clients of each door are so many at most, and a silent one is cut.
"""

import asyncio
import contextlib
import errno
import logging
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.transport.server import FileWatch
from sge_sim.transport.tls import build_server_context, load_server_certificate

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Guard = Callable[[Asgi], Asgi]

_STOP_SECONDS = 5
_MOST_CLIENTS = 128
"""At one door; each has a file descriptor, of 1 024 as a rule, and perhaps 1 MiB of a body."""
_PATIENCE_SECONDS = 25.0
"""For a whole head, between two pieces of a body, for an answer to be read on. The application has
less for a body, and says so."""
_HANDSHAKE_SECONDS = 10.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RemoteDoor:
    """A second listener, for other machines: over TLS, and behind a guard.

    `identity` is the PEM file of the server's certificate and key, taken up again when it changes.
    `guard` returns the application that answers for the one that it is given, or refuses.
    """

    listening_socket: socket.socket
    identity: Path
    guard: Guard


class AdminServer:
    """Serves the administration in plain HTTP on a socket of `sockets.bind_loopback`.

    `application` gives it for each request, and may load it at the first. `remote` is the door
    that other machines have, if any.
    """

    def __init__(
        self,
        application: Callable[[], Asgi],
        listening_socket: socket.socket,
        remote: RemoteDoor | None = None,
    ) -> None:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await application()(scope, receive, send)

        self._remote = remote
        self._servers = [_uvicorn(answer, listening_socket)]
        if remote is not None:
            guarded = remote.guard(answer)
            self._context = build_server_context(remote.identity, remote.identity, None)
            self._servers.append(_uvicorn(guarded, remote.listening_socket, self._context))

    def serve(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`; `on_ready` is called first: who comes waits in the socket."""

        async def serve_all() -> None:
            await asyncio.gather(*(server.serve(sockets=[]) for server in self._servers))

        on_ready()
        ended = monde.Event()
        if self._remote is not None:
            watch = FileWatch([self._remote.identity])
            monde.Thread(target=watch.run, args=(self.reload, ended), daemon=True).start()
        try:
            asyncio.run(serve_all())
        finally:
            ended.set()

    def stop(self) -> None:
        """Ask the server to finish and stop; returns at once, from any thread."""
        for server in self._servers:
            server.should_exit = True

    def reload(self) -> None:
        """Show the certificate that is on disk now to the clients to come."""
        if self._remote is None:
            return
        try:
            load_server_certificate(self._context, self._remote.identity, self._remote.identity)
        except UsageError as error:
            _log.error("Rechargement refusé, le certificat en service est gardé. %s", error)


def _uvicorn(
    application: Asgi, listening_socket: socket.socket, context: ssl.SSLContext | None = None
) -> "_Uvicorn":
    config = uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",  # it would ask for the application at the start
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,  # or an idle connection holds it for ever
    )
    config.load()
    config.ssl = context
    return _Uvicorn(config, listening_socket)


class _AdminClient(H11Protocol):
    """A client's connection, from before its handshake.

    `since` (monotonic seconds) is when something of it was last waited for anew.
    """

    def __init__(self, config: uvicorn.Config, state: ServerState) -> None:
        super().__init__(config, state, {})
        self.since = time.monotonic()
        self.arrival: asyncio.Task[None]
        self.connections.add(self)

    @property
    def awaited(self) -> bool:
        """Whether nothing is done for it but to wait: for a demand, or until it reads."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return True
        return cycle.more_body or self.flow.write_paused

    def cut(self) -> None:
        """Close the connection without a word."""
        self.connections.discard(self)
        if self.arrival.done():
            self.transport.abort()
        else:
            self.arrival.cancel()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self.since = time.monotonic()

    def pause_writing(self) -> None:
        self.since = time.monotonic()
        super().pause_writing()

    def on_response_complete(self) -> None:
        self.since = time.monotonic()
        super().on_response_complete()

    def shutdown(self) -> None:
        if self.arrival.done():
            super().shutdown()
        else:
            self.cut()


class _Uvicorn(uvicorn.Server):
    """uvicorn, leaving signals to the supervisor, bounding its clients."""

    def __init__(self, config: uvicorn.Config, listening_socket: socket.socket) -> None:
        super().__init__(config)
        self._listening_socket = listening_socket
        listening_socket.setblocking(False)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)  # none of them: it would let in whoever comes
        asyncio.get_running_loop().add_reader(self._listening_socket, self._let_in)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.get_running_loop().remove_reader(self._listening_socket)
        self._listening_socket.close()
        await super().shutdown(sockets=sockets)

    async def on_tick(self, counter: int) -> bool:
        for client in self._awaited():
            if time.monotonic() - client.since > _PATIENCE_SECONDS:
                client.cut()
        return await super().on_tick(counter)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def _let_in(self) -> None:
        try:
            coming, _ = self._listening_socket.accept()
        except OSError as error:  # gone already, or no descriptor is left for it
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return
        if len(self.server_state.connections) >= _MOST_CLIENTS and not self._make_room():
            coming.close()
            return
        client = _AdminClient(self.config, self.server_state)
        client.arrival = asyncio.get_running_loop().create_task(self._receive(client, coming))

    async def _receive(self, client: _AdminClient, coming: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: client,
                coming,
                ssl=self.config.ssl,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS if self.config.ssl else None,
                ssl_shutdown_timeout=_STOP_SECONDS if self.config.ssl else None,
            )
        except OSError:
            self.server_state.connections.discard(client)

    def _make_room(self) -> bool:
        """Cut the client that has been waited for longest; return whether there was one."""
        oldest = min(self._awaited(), key=lambda client: client.since, default=None)
        if oldest is not None:
            oldest.cut()
        return oldest is not None

    def _awaited(self) -> list[_AdminClient]:
        clients = self.server_state.connections
        return [client for client in clients if isinstance(client, _AdminClient) and client.awaited]
