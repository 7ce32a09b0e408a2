"""The administration: an ASGI application on uvicorn, in a process of its own."""

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from sge_sim.errors import UsageError
from sge_sim.transport.server import FileWatch
from sge_sim.transport.tls import build_server_context, load_server_certificate

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Guard = Callable[[Asgi], Asgi]

_STOP_SECONDS = 5
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
        """Serve until `stop`; `on_ready` is called once clients are accepted."""
        waited_for = len(self._servers)

        def started() -> None:
            nonlocal waited_for
            waited_for -= 1
            if not waited_for:
                on_ready()

        async def serve_all() -> None:
            await asyncio.gather(*(server.serve_on_its_socket(started) for server in self._servers))

        ended = threading.Event()
        if self._remote is not None:
            watch = FileWatch([self._remote.identity])
            threading.Thread(target=watch.run, args=(self.reload, ended), daemon=True).start()
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


class _Uvicorn(uvicorn.Server):
    """uvicorn, leaving signals to the supervisor and saying when it accepts."""

    def __init__(self, config: uvicorn.Config, listening_socket: socket.socket) -> None:
        super().__init__(config)
        self._listening_socket = listening_socket
        self._on_ready: Callable[[], None] = lambda: None

    async def serve_on_its_socket(self, on_ready: Callable[[], None]) -> None:
        self._on_ready = on_ready
        await self.serve(sockets=[self._listening_socket])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self._on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
