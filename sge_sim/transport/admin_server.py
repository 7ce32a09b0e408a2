"""ASGI applications on uvicorn, each in a process of its own: the administration, Data Connect."""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

_STOP_SECONDS = 5


class UvicornServer:
    """Serves an ASGI application on a listening socket.

    In HTTPS with `identity`, a PEM file of the server's key and certificate. Beyond
    `max_connections` at once, a request is answered 503.
    """

    def __init__(
        self,
        application: Asgi,
        listening_socket: socket.socket,
        *,
        identity: Path | None = None,
        max_connections: int | None = None,
    ) -> None:
        self._identity = identity
        self._config = uvicorn.Config(
            application,
            http="h11",
            ws="none",
            lifespan="off",  # it would ask for the application at the start
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=max_connections,
            ssl_certfile=identity,
            timeout_graceful_shutdown=_STOP_SECONDS,  # or an idle connection holds it for ever
        )
        self._server = _Uvicorn(self._config)
        self._listening_socket = listening_socket

    def serve(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`; `on_ready` is called once clients are accepted."""
        self._server.on_ready = on_ready
        self._server.run(sockets=[self._listening_socket])

    def stop(self) -> None:
        """Ask the server to finish and stop; returns at once, from any thread."""
        self._server.should_exit = True

    def reload(self) -> None:
        """Show the certificate as its file is now, to the connections that come."""
        if self._identity is not None and self._config.ssl is not None:
            self._config.ssl.load_cert_chain(self._identity)


class AdminServer(UvicornServer):
    """Serves the administration in plain HTTP on a socket of `sockets.bind_loopback`.

    `application` gives it for each request, and may load it at the first.
    """

    def __init__(self, application: Callable[[], Asgi], listening_socket: socket.socket) -> None:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await application()(scope, receive, send)

        super().__init__(answer, listening_socket)


class _Uvicorn(uvicorn.Server):
    """uvicorn, leaving signals to the supervisor and saying when it accepts."""

    on_ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A TLS connection that is closed waits for the client's own goodbye, and a client that
        # keeps it idle sends none: it would hold the server for its whole time to stop.
        for connection in self.server_state.connections:
            assert isinstance(connection, H11Protocol)
            if connection.cycle is None or connection.cycle.response_complete:
                connection.transport.abort()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
