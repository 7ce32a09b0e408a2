"""The connections that wait: which have received bytes, which are new, which are out of time.

The selector is watched by one thread at a time, which then works on what it found. A connection
that is being worked on stays in the selector, unless another thread comes to watch it.
"""

import errno
import logging
import os
import selectors
import socket
import time
from collections import deque

from sge_sim.machine import monde
from sge_sim.transport.connection import Connection
from sge_sim.transport.listener import Listener

_log = logging.getLogger(__name__)
_TICK_SECONDS = 0.2
_STOP_TICK_SECONDS = 0.01
# As the server stops: for who was let in to send a first request, and for the others to send what
# they were about to.
_NEWCOMER_SECONDS = 1.0
_IDLE_SECONDS = 0.1


class ConnectionLoop:
    """The waiting connections of one server, and the listening socket.

    Whoever gets a connection of `next` advances it, then gives it back by `wait_for` or `end`.
    """

    def __init__(self, listener: Listener, listening_socket: socket.socket) -> None:
        self._listener = listener
        self._listening_socket = listening_socket
        self._selector = selectors.DefaultSelector()
        self._lock = monde.Lock()
        self._found: deque[Connection] = deque()
        self._ahead: deque[Connection] = deque()  # those whose next request is here already
        self._paused: set[Connection] = set()  # those that only their deadline wakes
        self._worked_on = 0
        self._next_check = time.monotonic() + _TICK_SECONDS
        self._stopping = monde.Event()
        self._stopped_at = float("inf")
        self._broken: Exception | None = None
        self._warned_full = False
        self._wake_reader, self._wake_writer = os.pipe()
        self._selector.register(listening_socket, selectors.EVENT_READ)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)

    def next(self) -> Connection | None:
        """Return a connection that can be advanced; None if there is none for a while.

        Called by one thread at a time. It never reads, never writes: it accepts clients.
        """
        if not self._found:
            try:
                self._look()
            except Exception as error:
                self._broken = error
                self._stopping.set()
                monde.sleep(_STOP_TICK_SECONDS)
        return self._found.popleft() if self._found else None

    def leave(self, connection: Connection) -> None:
        """Don't watch `connection` while it is worked on: another thread is about to look."""
        with self._lock:
            if connection.worked_on:
                self._unwatch(connection)

    def wait_for(self, connection: Connection) -> None:
        """Watch `connection` until something comes; called by any thread."""
        if self._stopping.is_set() and not self._finishes(connection):
            self.end(connection)
            return
        connection.waiting_since = time.monotonic()
        with self._lock:
            was_left = not connection.watched_for
            if connection.has_more:
                self._ahead.append(connection)
            else:
                self._rest(connection)
        if was_left or self._stopping.is_set():
            self.wake()

    def end(self, connection: Connection) -> None:
        """Close `connection`; called by any thread."""
        with self._lock:
            self._unwatch(connection)
        connection.close()
        with self._lock:
            connection.worked_on = False
            self._worked_on -= 1

    def stop(self) -> None:
        """Accept no client any more; called by any thread."""
        self._stopping.set()

    def wait_for_stop(self) -> None:
        """Return once `stop` was called and what was under way has finished, or had its time.

        Clients are refused at once, but for those who are connected already: what they are about to
        send is answered. Says so in the log where it didn't finish. Raises whatever made it
        impossible to watch.
        """
        self._stopping.wait()
        if self._broken is not None:
            raise self._broken
        with self._lock:
            self._selector.unregister(self._listening_socket)
        while self._accept():
            pass
        self._listening_socket.close()
        self._stopped_at = time.monotonic()
        deadline = self._stopped_at + self._listener.limits.stop_seconds
        while self._under_way():
            if time.monotonic() > deadline:
                _log.warning(
                    "Des requêtes n'ont pas fini en %g s : elles sont abandonnées.",
                    self._listener.limits.stop_seconds,
                )
                return
            monde.sleep(_STOP_TICK_SECONDS)

    def close(self) -> None:
        """Close the waiting connections and the selector, once nobody calls `next`."""
        self._listening_socket.close()
        for connection in self.waiting():
            self._dismiss(connection)
        for connection in (*self._found, *self._ahead):  # that no thread will come to any more
            self.end(connection)
        with self._lock:
            self._selector.close()
            os.close(self._wake_reader)
            os.close(self._wake_writer)
            self._wake_writer = -1

    def waiting(self) -> list[Connection]:
        """Return the connections that wait."""
        with self._lock:
            watched = [key.data for key in self._selector.get_map().values()]
            return [
                *(connection for connection in watched if connection and not connection.worked_on),
                *self._paused,
            ]

    def wake(self) -> None:
        """Have whoever waits in `next` look again."""
        with self._lock:
            if self._wake_writer >= 0:
                os.write(self._wake_writer, b"\0")

    def _look(self) -> None:
        """Find what can be advanced: one of those ahead each time, in turn, or those who send
        hundreds of requests at once would keep the others waiting."""
        accepting = False
        for key, _ in self._selector.select(0 if self._ahead else self._patience()):
            if key.data is not None:
                self._hand_over(key.data)
            elif key.fd == self._wake_reader:
                os.read(self._wake_reader, 4096)
            else:
                accepting = True
        if accepting and not self._stopping.is_set():
            self._accept()
        if self._ahead:
            self._found.append(self._ahead.popleft())
        now = time.monotonic()
        if self._paused:
            self._hand_over_late([*self._paused], now)
        if now >= self._next_check:
            self._hand_over_late(self.waiting(), now)
            self._next_check = now + _TICK_SECONDS

    def _hand_over_late(self, connections: list[Connection], now: float) -> None:
        for connection in connections:
            if now > connection.deadline:
                self._hand_over(connection)

    def _hand_over(self, connection: Connection) -> None:
        with self._lock:
            if not self._waits(connection):
                return
            self._paused.discard(connection)
            connection.worked_on = True
            self._worked_on += 1
        connection.late = time.monotonic() > connection.deadline
        self._found.append(connection)

    def _waits(self, connection: Connection) -> bool:
        """Tell whether it waits still; called with the lock in hand."""
        if connection.worked_on:
            return False
        return bool(connection.watched_for) or connection in self._paused

    def _rest(self, connection: Connection) -> None:
        """Watch what nobody works on any more; called with the lock in hand."""
        connection.worked_on = False
        self._worked_on -= 1
        wanted = connection.waits_for
        if self._wake_writer < 0:  # this loop has been closed meanwhile
            connection.close()
        elif not wanted:
            self._unwatch(connection)
            self._paused.add(connection)
        elif not connection.watched_for:
            self._watch(connection, wanted)
        elif connection.watched_for != wanted:
            self._selector.modify(connection.descriptor, wanted, connection)
            connection.watched_for = wanted

    def _watch(self, connection: Connection, events: int) -> None:
        self._selector.register(connection.descriptor, events, connection)
        connection.watched_for = events

    def _unwatch(self, connection: Connection) -> None:
        """Take `connection` out of the selector; called with the lock in hand."""
        if connection.watched_for and self._wake_writer >= 0:
            self._selector.unregister(connection.descriptor)
        connection.watched_for = 0

    def _patience(self) -> float:
        """Return for how long nothing will be due, in seconds."""
        if not self._paused:
            return _TICK_SECONDS
        with self._lock:
            first = min(
                (connection.deadline for connection in self._paused), default=time.monotonic()
            )
        return min(max(first - time.monotonic(), 0.0) + 0.001, _TICK_SECONDS)

    def _under_way(self) -> bool:
        """Whether a connection is being worked on or finishes what it has; close the others."""
        waiting = self.waiting()
        finishing = [connection for connection in waiting if self._finishes(connection)]
        for connection in waiting:
            if connection not in finishing:
                self._dismiss(connection)
        return self._worked_on > 0 or bool(finishing)

    def _finishes(self, connection: Connection) -> bool:
        """Tell whether a stop waits for `connection`: an answer is leaving, or a request may be
        on its way, whose client would find its connection cut."""
        patience = _IDLE_SECONDS if connection.served else _NEWCOMER_SECONDS
        return connection.answering or time.monotonic() < self._stopped_at + patience

    def _dismiss(self, connection: Connection) -> None:
        """Close `connection` unless somebody works on it."""
        with self._lock:
            if not self._waits(connection):
                return
            self._paused.discard(connection)
            self._unwatch(connection)
        connection.close()

    def _accept(self) -> bool:
        """Let a client in; return whether there was one."""
        try:
            sock, address = self._listening_socket.accept()
        except OSError as error:
            # Another process was faster, or the client is gone already. Without a descriptor left
            # the client would be announced again and again: make room for it.
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return False
        slots = self._listener.slots
        if not slots.acquire(blocking=False):
            self._make_room()
            if not slots.acquire(blocking=False):  # all are being served at this very moment
                sock.close()
                return True
        connection = Connection(self._listener, sock, address)
        with self._lock:
            self._watch(connection, selectors.EVENT_READ)
        return True

    def _make_room(self) -> None:
        """Close the connection that has waited longest, of those who crowd the others out.

        Be they silent or known after a handshake: where the others gave way first, a crowd of
        known ones would end each handshake that begins. Those who ask ahead wait too.
        """
        if not self._warned_full:
            self._warned_full = True
            _log.warning(
                "Limite de %d connexions atteinte : les plus anciennes en attente sont fermées.",
                self._listener.limits.max_connections,
            )
        waiting = [*self.waiting(), *self._ahead]
        if not waiting:
            return
        unknown = [connection for connection in waiting if not connection.authenticated]
        known = [connection for connection in waiting if connection.authenticated]
        crowd = known if len(known) > len(unknown) else unknown
        oldest = min(crowd, key=lambda connection: connection.waiting_since)
        if oldest in self._ahead:
            with self._lock:
                self._ahead.remove(oldest)
            self.end(oldest)
        else:
            self._dismiss(oldest)
