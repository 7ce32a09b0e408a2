"""The B2B listener: HTTPS with client certificates, in one process.

    server = B2BServer(app, bind("127.0.0.1", 8443), context_factory, Limits(), journal)
    server.serve()      # until server.stop(), from another thread

cheroot provides the HTTP parser, the WSGI gateway and the pool of threads; the socket, the
selector, TLS and the bounds are this package's.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cheroot import wsgi

from sge_sim.errors import UsageError
from sge_sim.transport.handshake import HandshakeFailure
from sge_sim.transport.limits import ByteBudget, Limits
from sge_sim.transport.loop import ConnectionLoop
from sge_sim.transport.watch import FileWatch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)


class B2BServer(wsgi.Server):
    """Serves a WSGI application over TLS on a listening socket, which it closes when it stops.

    `context_factory` builds the TLS context from the files of the moment: once here, and again at
    each `reload`, which also happens by itself when one of the `watched` files changes.
    `on_handshake_failure` is called, by any thread, for each client that spoke but was not let in;
    it may take its time (the client has its alert already). The application finds the client's
    certificate with `identity.peer_certificate`.

    Raises what `context_factory` raises.
    """

    def __init__(
        self,
        app: "WSGIApplication",
        listening_socket: socket.socket,
        context_factory: Callable[[], ssl.SSLContext],
        limits: Limits,
        on_handshake_failure: Callable[[HandshakeFailure], None],
        watched: Sequence[Path] = (),
    ) -> None:
        self.tls_context = context_factory()
        super().__init__(
            listening_socket.getsockname()[:2],
            self._run_application,
            numthreads=limits.threads,
            server_name="sge-sim",
            timeout=int(limits.idle_seconds),  # what HTTP/1.0 clients are told
        )
        self.software = "sge-sim"
        self.limits = limits
        self.budget = ByteBudget(limits.max_buffered_bytes)
        self.slots = threading.BoundedSemaphore(limits.max_connections)
        self._application = app
        self._context_factory = context_factory
        self._on_handshake_failure = on_handshake_failure
        self._watched = FileWatch(watched)
        # Several processes race for each client: the one that loses must not wait for another.
        listening_socket.setblocking(False)
        self._listening_socket = listening_socket
        self._connections = ConnectionLoop(self, listening_socket)
        self._state_lock = threading.Lock()
        self._stopping = False
        self._loop_ended = threading.Event()
        self._stopped = threading.Event()

    @property
    def can_add_keepalive_connection(self) -> bool:
        """Whether cheroot may keep a connection after its answer: until the server stops."""
        return self.ready

    def serve(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Serve until `stop` has done its work; `on_ready` is called once clients are accepted."""
        with self._state_lock:
            if self._stopping:
                return
            self.requests.start()
            self.ready = True
        try:
            on_ready()
            threading.Thread(
                target=self._watched.run, args=(self.reload, self._loop_ended), daemon=True
            ).start()
            self._connections.run()
        finally:
            self._loop_ended.set()
            self.stop()

    def stop(self) -> None:
        """Accept nobody any more, let the requests under way finish, close everything.

        Returns when that is done, or after `limits.stop_seconds`. May be called from any thread,
        several times, and before `serve`.
        """
        with self._state_lock:
            first, self._stopping = not self._stopping, True
            serving, self.ready = self.ready, False
        if not first:
            self._stopped.wait()
            return
        if serving:
            self._connections.stop()
            self._loop_ended.wait()
        self._listening_socket.close()
        self._connections.close()
        if serving:
            self._wait_for_threads()
        self._stopped.set()

    def reload(self) -> None:
        """Serve the certificates that are on disk now to the clients to come.

        A context that can't be built is refused, in the log, and the one in use is kept.
        Connections already open keep theirs.
        """
        try:
            self.tls_context = self._context_factory()
        except UsageError as error:
            _log.error("Rechargement refusé, le certificat en service est gardé. %s", error)
        except Exception:
            _log.exception("Rechargement refusé, le certificat en service est gardé.")

    def report(self, failure: HandshakeFailure) -> None:
        """Tell the application about a client that was not let in."""
        try:
            self._on_handshake_failure(failure)
        except Exception:
            _log.exception("Un échec de négociation TLS n'a pas pu être consigné.")

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Log what cheroot has to say."""
        _log.log(level, "%s", msg, exc_info=traceback)

    def _run_application(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        # cheroot takes an OSError for the client's and closes without a word: one of the
        # application (a file, a database) has to be answered 500 and logged like any other.
        try:
            return self._application(environ, start_response)
        except OSError as error:
            raise RuntimeError("the application failed") from error

    def _wait_for_threads(self) -> None:
        # The pool's own time limit would end TLS under the thread that is answering, which would
        # go on in the clear; so the pool waits for ever, and here only for a while.
        waiting = threading.Thread(target=self.requests.stop, args=(None,), daemon=True)
        waiting.start()
        waiting.join(self.limits.stop_seconds)
        if waiting.is_alive():
            _log.warning(
                "Des requêtes n'ont pas fini en %g s : elles sont abandonnées.",
                self.limits.stop_seconds,
            )
