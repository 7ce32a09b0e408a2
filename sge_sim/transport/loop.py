"""The thread that waits: it accepts clients and watches all connections that wait.

It never reads, never writes and never runs the application. A connection on which something has
happened, or whose time is up, goes to the pool of threads, which hands it back when it has to
wait again.
"""

import errno
import logging
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable

from sge_sim.transport.connection import Connection
from sge_sim.transport.listener import Listener

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.2


class ConnectionLoop:
    """The waiting connections of one server, and the listening socket.

    `work` is called with each connection that can be advanced; whoever does it gives the
    connection back by `wait_for` or `end`.
    """

    def __init__(
        self,
        listener: Listener,
        listening_socket: socket.socket,
        work: Callable[[Connection], None],
    ) -> None:
        self._listener = listener
        self._listening_socket = listening_socket
        self._work = work
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()  # threads register while this one unregisters
        self._worked_on = 0
        self._ahead: deque[Connection] = deque()  # those whose next request is here already
        self._going_on: Connection | None = None
        self._paused: set[Connection] = set()  # those that only their deadline wakes
        self._stopping = False
        self._told_full = False
        self._wake_reader, self._wake_writer = os.pipe()
        self._selector.register(listening_socket, selectors.EVENT_READ)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)

    def wait_for(self, connection: Connection) -> None:
        """Watch `connection` until something comes; called by any thread."""
        if self._stopping and not connection.answering:
            self.end(connection)
            return
        if connection.has_more:
            self._go_on(connection)
            return
        connection.waiting_since = time.monotonic()
        self._let_next_go_on(connection)
        if not connection.waits_for:
            self._pause(connection)
            return
        with self._lock:
            self._worked_on -= 1
            try:
                self._selector.register(connection.socket, connection.waits_for, connection)
            except (OSError, ValueError, KeyError):  # this loop has been closed meanwhile
                connection.close()
        if self._stopping:
            self._wake()

    def end(self, connection: Connection) -> None:
        """Close `connection`; called by any thread."""
        connection.close()
        self._let_next_go_on(connection)
        with self._lock:
            self._worked_on -= 1
        if self._stopping:
            self._wake()

    def run(self) -> None:
        """Accept and watch until `stop`, then let what is under way finish, for a while.

        Says so in the log where it didn't finish.
        """
        self._watch(lambda: self._stopping)
        with self._lock:
            self._selector.unregister(self._listening_socket)
        self._listening_socket.close()
        deadline = time.monotonic() + self._listener.limits.stop_seconds
        self._watch(lambda: not self._under_way() or time.monotonic() > deadline)
        if self._under_way():
            _log.warning(
                "Des requêtes n'ont pas fini en %g s : elles sont abandonnées.",
                self._listener.limits.stop_seconds,
            )

    def stop(self) -> None:
        """Stop `run` from accepting clients; called by any thread."""
        self._stopping = True
        self._wake()

    def close(self) -> None:
        """Close the waiting connections and the selector, once `run` has returned."""
        self._listening_socket.close()
        for connection in self.waiting():
            self._unwatch(connection)
            connection.close()
        with self._lock:
            self._selector.close()
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_writer = -1

    def waiting(self) -> list[Connection]:
        """Return the connections that wait."""
        with self._lock:
            keys = self._selector.get_map().values()
            return [*(key.data for key in keys if key.data is not None), *self._paused]

    def _pause(self, connection: Connection) -> None:
        """Leave `connection` alone until its deadline, whatever its client does."""
        with self._lock:
            self._worked_on -= 1
            if self._wake_writer >= 0:
                self._paused.add(connection)
            else:  # this loop has been closed meanwhile
                connection.close()
        self._wake()

    def _go_on(self, connection: Connection) -> None:
        """Queue the next request of `connection`, which is here already.

        One such connection at a time, in turn, or those who send hundreds of requests ahead would
        have every thread and the others would wait behind them.
        """
        with self._lock:
            self._ahead.append(connection)
            if self._going_on not in (None, connection):
                return
            following = self._going_on = self._ahead.popleft()
        self._work(following)

    def _let_next_go_on(self, connection: Connection) -> None:
        """Note that `connection` has nothing more to go on with."""
        with self._lock:
            if self._going_on is not connection:
                return
            following = self._going_on = self._ahead.popleft() if self._ahead else None
        if following is not None:
            self._work(following)

    def _watch(self, enough: Callable[[], bool]) -> None:
        next_check = time.monotonic() + _TICK_SECONDS
        while not enough():
            accepting = False
            for key, _ in self._selector.select(self._patience()):
                if key.fd == self._wake_reader:
                    os.read(self._wake_reader, 4096)
                elif key.data is None:
                    accepting = True
                else:
                    self._hand_over(key.data)
            if accepting and not self._stopping:
                self._accept()
            for connection in self._rested():
                self._hand_over(connection)
            if time.monotonic() >= next_check:
                for connection in self.waiting():
                    if time.monotonic() > connection.deadline:
                        self._hand_over(connection)
                next_check = time.monotonic() + _TICK_SECONDS

    def _rested(self) -> list[Connection]:
        """Return the connections whose pause is over."""
        if not self._paused:
            return []
        with self._lock:
            return [one for one in self._paused if time.monotonic() > one.deadline]

    def _patience(self) -> float:
        """Return for how long nothing will be due, in seconds."""
        if not self._paused:
            return _TICK_SECONDS
        with self._lock:
            first = min((one.deadline for one in self._paused), default=time.monotonic())
        return min(max(first - time.monotonic(), 0.0) + 0.001, _TICK_SECONDS)

    def _under_way(self) -> bool:
        """Whether a connection is being worked on, or its answer leaving; close the others."""
        waiting = self.waiting()
        for connection in waiting:
            if not connection.answering:
                self._unwatch(connection)
                connection.close()
        return self._worked_on > 0 or any(connection.answering for connection in waiting)

    def _wake(self) -> None:
        with self._lock:
            if self._wake_writer >= 0:
                os.write(self._wake_writer, b"\0")

    def _accept(self) -> None:
        try:
            sock, address = self._listening_socket.accept()
        except OSError as error:
            # Another process was faster, or the client is gone already. Without a descriptor left
            # the client would be announced again and again: make room for it.
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return
        slots = self._listener.slots
        if not slots.acquire(blocking=False):
            self._make_room()
            if not slots.acquire(blocking=False):  # all are being served at this very moment
                sock.close()
                return
        connection = Connection(self._listener, sock, address)
        with self._lock:
            self._selector.register(sock, selectors.EVENT_READ, connection)

    def _make_room(self) -> None:
        """Close the connection that has waited longest, those without a certificate first."""
        if not self._told_full:
            self._told_full = True
            _log.warning(
                "Limite de %d connexions atteinte : les plus anciennes en attente sont fermées.",
                self._listener.limits.max_connections,
            )
        waiting = self.waiting()
        if waiting:
            oldest = min(waiting, key=lambda c: (c.authenticated, c.waiting_since))
            self._unwatch(oldest)
            oldest.close()

    def _hand_over(self, connection: Connection) -> None:
        self._unwatch(connection)
        connection.late = time.monotonic() > connection.deadline
        with self._lock:
            self._worked_on += 1
        self._work(connection)

    def _unwatch(self, connection: Connection) -> None:
        with self._lock:
            if connection in self._paused:
                self._paused.remove(connection)
            else:
                self._selector.unregister(connection.socket)
