"""An HTTPS listener in one process: the web services', with client certificates, or Data Connect's.

server = HttpsServer(app, bind("127.0.0.1", 8443), context_factory, Limits(), journal)
server.serve()      # until server.stop(), from another thread
"""

import contextlib
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.transport.connection import Connection
from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.listener import Limits, Listener, Responder
from sge_sim.transport.loop import ConnectionLoop
from sge_sim.transport.pool import Pool

PERIOD_SECONDS = 1.0


class FileWatch:
    """The state of `paths` as it was last looked at: first when this is made."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._seen = self._state()

    def changed(self) -> bool:
        """Tell whether a file was replaced, changed or removed since the last look."""
        state = self._state()
        seen, self._seen = self._seen, state
        return state != seen

    def run(self, on_change: Callable[[], None], stop: monde.Event) -> None:
        """Call `on_change` after each change, until `stop`; looks every second."""
        while self._paths and not stop.wait(PERIOD_SECONDS):
            if self.changed():
                on_change()

    def _state(self) -> tuple[tuple[int, int, int], ...]:
        found = []
        for path in self._paths:
            with contextlib.suppress(OSError):
                stat = path.stat()
                found.append((stat.st_mtime_ns, stat.st_ino, stat.st_size))
        return tuple(found)


_log = logging.getLogger(__name__)


class HttpsServer:
    """Serves an application over TLS on a listening socket, which it closes when it stops.

    `context_factory` builds the TLS context from the files of the moment: once here, and again at
    each `reload`, which also happens by itself when one of the `watched` files changes.
    `on_handshake_failure` is called, by any thread, for each client that spoke but was not let in;
    it may take its time (the client has its alert already). Each request tells the application
    who sent it, as far as the context asks.

    Raises what `context_factory` raises.
    """

    def __init__(
        self,
        application: Responder,
        listening_socket: socket.socket,
        context_factory: Callable[[], ssl.SSLContext],
        limits: Limits,
        on_handshake_failure: Callable[[HandshakeFailure], None] = lambda _failure: None,
        watched: Sequence[Path] = (),
    ) -> None:
        self.application = application
        self.listener = Listener(application, context_factory(), limits, on_handshake_failure)
        self._context_factory = context_factory
        self._watched = FileWatch(watched)
        # Several processes race for each client: the one that loses must not wait for another.
        listening_socket.setblocking(False)
        self.connections = ConnectionLoop(self.listener, listening_socket)
        self._pool = Pool(
            limits.threads, self.connections.next, self._advance, self.connections.leave
        )
        self._state_lock = monde.Lock()
        self._serving = False
        self._stopping = False
        self._loop_ended = monde.Event()
        self._stopped = monde.Event()

    @property
    def ready(self) -> bool:
        """Whether clients are accepted."""
        return self._serving and not self._stopping

    def serve(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` has done its work; `on_ready` is called once clients are accepted."""
        with self._state_lock:
            if self._stopping:
                return
            self._pool.start()
            self._serving = True
        try:
            on_ready()
            monde.Thread(
                target=self._watched.run, args=(self.reload, self._loop_ended), daemon=True
            ).start()
            self.connections.wait_for_stop()
        finally:
            self._loop_ended.set()
            self.stop()

    def stop(self) -> None:
        """Accept nobody any more, let the requests under way finish, close everything.

        Returns when that is done, or after `limits.stop_seconds`. May be called from any thread,
        several times, and before `serve`.
        """
        with self._state_lock:
            self.listener.keeping = False  # before it is seen to stop
            first, self._stopping = not self._stopping, True
        if not first:
            self._stopped.wait()
            return
        if self._serving:
            self.connections.stop()
            self._loop_ended.wait()
            self._pool.stop(self.connections.wake)
        self.connections.close()
        self._stopped.set()

    def reload(self) -> None:
        """Serve the certificates that are on disk now to the clients to come.

        A context that can't be built is refused, in the log, and the one in use is kept.
        Connections already open keep theirs.
        """
        try:
            self.listener.tls_context = self._context_factory()
        except UsageError as error:
            _log.error("Rechargement refusé, le certificat en service est gardé. %s", error)
        except Exception:
            _log.exception("Rechargement refusé, le certificat en service est gardé.")

    def _advance(self, connection: Connection) -> None:
        """Do what a connection can do without waiting; called by the threads of the pool."""
        keep = False
        try:
            keep = connection.advance()
        finally:
            if keep:
                self.connections.wait_for(connection)
            else:
                self.connections.end(connection)
