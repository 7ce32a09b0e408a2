"""The administration: an ASGI application on uvicorn, in a process of its own."""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn

Asgi = Callable[[Any, Any, Any], Awaitable[None]]

_STOP_SECONDS = 5


class AdminServer:
    """Serves the administration in plain HTTP on a socket of `sockets.bind_loopback`.

    `application` gives it for each request, and may load it at the first.
    """

    def __init__(self, application: Callable[[], Asgi], listening_socket: socket.socket) -> None:
        async def answer(scope: Any, receive: Any, send: Any) -> None:
            await application()(scope, receive, send)

        self._server = _Uvicorn(
            uvicorn.Config(
                answer,
                http="h11",
                ws="none",
                lifespan="off",  # it would ask for the application at the start
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=_STOP_SECONDS,  # or an idle connection holds it for ever
            )
        )
        self._listening_socket = listening_socket

    def serve(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop`; `on_ready` is called once clients are accepted."""
        self._server.on_ready = on_ready
        self._server.run(sockets=[self._listening_socket])

    def stop(self) -> None:
        """Ask the server to finish and stop; returns at once, from any thread."""
        self._server.should_exit = True

    def reload(self) -> None:
        """Do nothing: the administration has no file to read again."""


class _Uvicorn(uvicorn.Server):
    """uvicorn, leaving signals to the supervisor and saying when it accepts."""

    on_ready: Callable[[], None]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.on_ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
