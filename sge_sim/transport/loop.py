"""The thread that waits: it accepts clients and watches all connections that wait for bytes.

It never reads, never writes and never runs the application. A connection on which something has
happened, or whose time is up, goes to the pool of threads, which hands it back when it has to
wait again.
"""

from __future__ import annotations

import errno
import logging
import os
import selectors
import socket
import threading
import time
from typing import TYPE_CHECKING

from sge_sim.transport.connection import Connection

if TYPE_CHECKING:
    from sge_sim.transport.server import B2BServer

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.2


class ConnectionLoop:
    """The waiting connections of one server, and the listening socket.

    It takes the place of cheroot's `ConnectionManager`, of which `put` is the part that cheroot
    calls.
    """

    def __init__(self, server: B2BServer, listening_socket: socket.socket) -> None:
        self._server = server
        self._listening_socket = listening_socket
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()  # threads register while this one unregisters
        self._told_full = False
        self._stop_reader, self._stop_writer = os.pipe()
        self._selector.register(listening_socket, selectors.EVENT_READ)
        self._selector.register(self._stop_reader, selectors.EVENT_READ)

    def put(self, connection: Connection) -> None:
        """Watch `connection` until something comes; called by any thread."""
        if connection.has_more:
            self._server.process_conn(connection)
            return
        connection.waiting_since = time.monotonic()
        try:
            with self._lock:
                self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        except (OSError, ValueError, KeyError):  # this loop has been closed meanwhile
            connection.close()

    def run(self) -> None:
        """Accept and watch until `stop`."""
        next_check = time.monotonic() + _TICK_SECONDS
        while True:
            accepting = False
            for key, _ in self._selector.select(_TICK_SECONDS):
                if key.fd == self._stop_reader:
                    return
                if key.data is None:
                    accepting = True
                else:
                    self._hand_over(key.data)
            if accepting:
                self._accept()
            if time.monotonic() >= next_check:
                for connection in self._waiting():
                    if time.monotonic() > connection.deadline:
                        self._hand_over(connection)
                next_check = time.monotonic() + _TICK_SECONDS

    def stop(self) -> None:
        """Have `run` return at once; called by any thread."""
        os.write(self._stop_writer, b"\0")

    def close(self) -> None:
        """Close the waiting connections and the selector, once `run` has returned."""
        for connection in self._waiting():
            self._unwatch(connection)
            connection.close()
        with self._lock:
            self._selector.close()
        os.close(self._stop_reader)
        os.close(self._stop_writer)

    def _accept(self) -> None:
        try:
            sock, address = self._listening_socket.accept()
        except OSError as error:
            # Another process was faster, or the client is gone already. Without a descriptor left
            # the client would be announced again and again: make room for it.
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return
        slots = self._server.slots
        if not slots.acquire(blocking=False):
            self._make_room()
            if not slots.acquire(blocking=False):  # all are being served at this very moment
                sock.close()
                return
        self.put(Connection(self._server, sock, address))

    def _make_room(self) -> None:
        """Close the connection that has waited longest, those without a certificate first."""
        if not self._told_full:
            self._told_full = True
            _log.warning(
                "Limite de %d connexions atteinte : les plus anciennes en attente sont fermées.",
                self._server.limits.max_connections,
            )
        waiting = self._waiting()
        if waiting:
            oldest = min(waiting, key=lambda c: (c.authenticated, c.waiting_since))
            self._unwatch(oldest)
            oldest.close()

    def _hand_over(self, connection: Connection) -> None:
        self._unwatch(connection)
        connection.late = time.monotonic() > connection.deadline
        self._server.process_conn(connection)

    def _waiting(self) -> list[Connection]:
        with self._lock:
            keys = self._selector.get_map().values()
            return [key.data for key in keys if key.data is not None]

    def _unwatch(self, connection: Connection) -> None:
        with self._lock:
            self._selector.unregister(connection.socket)
