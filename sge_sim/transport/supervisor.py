"""The parent process: it starts the serving processes, replaces those that die, ends them all.

The caller binds the sockets first; the processes share them, and the kernel gives each client to
one of them.

    b2b = bind(host, 8443)
    processes = [Process(f"b2b-{n}", lambda: HttpsServer(build_app(), b2b, …)) for n in range(4)]
    supervise([*processes, Process("admin", build_admin)], on_ready=write_ready_file)
"""

import logging
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.transport.child import FAILED, READY, Process, SignalPipe, run_child

_log = logging.getLogger(__name__)
_HANDLED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
_RESTART_SECONDS = 1.0
_KILL_MARGIN_SECONDS = 1.0


def supervise(
    processes: Sequence[Process],
    on_ready: Callable[[], None] = lambda: None,
    grace_seconds: float = 8.0,
    on_stop: Callable[[], None] = lambda: None,
) -> None:
    """Keep `processes` running until SIGTERM or SIGINT (Ctrl-C), then stop them and return.

    `on_ready` is called here once, when every process accepts clients. A process that dies is
    replaced, at most once a second. `on_stop` is called here as the stop begins: it closes what
    would accept clients still. SIGHUP has every process reload its certificates; so that
    closing the terminal doesn't leave a server behind, it stops them when the terminal is gone.
    When stopping, requests under way may finish within `grace_seconds`, after which their process
    is killed; a second SIGTERM or SIGINT kills at once. All is over within the ten seconds that
    whoever runs containers gives.

    The processes also stop when this one is killed, by whatever signal. Call it from the main
    thread, before any thread has been started. POSIX only.

    Raises `UsageError` if a process can't start the first time, with the reason it gave.
    """
    _Supervisor(processes, on_ready, grace_seconds, on_stop).run()


@dataclass
class _Slot:
    """One process to keep alive and its present incarnation; `pid` 0 means there is none."""

    process: Process
    pid: int = 0
    announcements: int = -1
    said: bytes = b""
    may_start_at: float = 0.0

    @property
    def ready(self) -> bool:
        return self.pid != 0 and self.said.startswith(READY)


class _Supervisor:
    def __init__(
        self,
        processes: Sequence[Process],
        on_ready: Callable[[], None],
        grace_seconds: float,
        on_stop: Callable[[], None],
    ) -> None:
        self._slots = [_Slot(process) for process in processes]
        self._on_ready = on_ready
        self._on_stop = on_stop
        self._grace_seconds = grace_seconds
        self._all_were_ready = False
        self._stopping = False
        self._kill_at = self._last_stop_at = float("inf")
        self._failure = ""

    def run(self) -> None:
        ignores_hangup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # started by nohup
        self._watches_terminal = _terminal_is_there() and not ignores_hangup
        self._life_reader, self._life_writer = os.pipe()
        self._signals = SignalPipe(_HANDLED)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._signals, selectors.EVENT_READ)
        try:
            while not self._stopping or any(slot.pid for slot in self._slots):
                self._start_the_missing()
                self._wait()
                self._bury_the_dead()
                self._stop_the_last()
                self._announce_readiness()
        finally:
            self._kill()
            for slot in self._slots:
                if slot.pid:
                    os.waitpid(slot.pid, 0)
            self._signals.give_back()
            self._selector.close()
            os.close(self._life_reader)
            os.close(self._life_writer)
        if self._failure:
            raise UsageError(self._failure)

    def _start_the_missing(self) -> None:
        for slot in self._slots:
            if not slot.pid and not self._stopping and time.monotonic() >= slot.may_start_at:
                self._start(slot)

    def _start(self, slot: _Slot) -> None:
        slot.may_start_at = time.monotonic() + _RESTART_SECONDS
        slot.said = b""
        slot.announcements, writer = os.pipe()
        os.set_blocking(slot.announcements, False)
        sys.stdout.flush()
        sys.stderr.flush()
        # A signal between the fork and the child's own handlers would be taken for the parent's.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        slot.pid = monde.fork()
        if slot.pid == 0:
            os.close(self._life_writer)  # or the end of the parent would never be seen
            self._selector.close()
            self._signals.close()
            run_child(slot.process, writer, self._life_reader, self._grace_seconds)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
        os.close(writer)
        self._selector.register(slot.announcements, selectors.EVENT_READ, slot)

    def _wait(self) -> None:
        """Wait for a signal, an announcement or the next date, and deal with it."""
        dates = [slot.may_start_at for slot in self._slots if not slot.pid and not self._stopping]
        date = min([self._kill_at, self._last_stop_at, *dates])
        timeout = None if date == float("inf") else max(0.0, date - time.monotonic())
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                for number in self._signals.read():
                    self._on_signal(number)
            else:
                self._listen(key.data)
        if time.monotonic() >= self._kill_at:
            self._kill()

    def _on_signal(self, number: signal.Signals) -> None:
        if number == signal.SIGCHLD:
            return  # woken up, which is all it takes
        if number == signal.SIGHUP and (_terminal_is_there() or not self._watches_terminal):
            self._send(signal.SIGHUP)
        elif not self._stopping:
            self._stop()
        elif number != signal.SIGHUP:
            self._kill()

    def _listen(self, slot: _Slot) -> None:
        try:
            said = os.read(slot.announcements, 65536)
        except BlockingIOError:
            return
        slot.said += said
        if not said:
            self._hang_up(slot)

    def _hang_up(self, slot: _Slot) -> None:
        self._selector.unregister(slot.announcements)
        os.close(slot.announcements)
        slot.announcements = -1

    def _bury_the_dead(self) -> None:
        for slot in self._slots:
            pid, status = os.waitpid(slot.pid, os.WNOHANG) if slot.pid else (0, 0)
            if not pid:
                continue
            if slot.announcements >= 0:
                self._listen(slot)
            if slot.announcements >= 0:
                self._hang_up(slot)
            slot.pid = 0
            if not self._stopping:
                self._on_death(slot, _how_it_ended(os.waitstatus_to_exitcode(status)))

    def _on_death(self, slot: _Slot, how: str) -> None:
        _, _, sentence = slot.said.partition(FAILED)
        name = slot.process.name
        if self._all_were_ready:
            _log.warning("Le processus %s s'est arrêté (%s) : il est remplacé.", name, how)
            if sentence:
                _log.warning("%s", sentence.decode())
        else:
            self._failure = sentence.decode() or (
                f"Le processus {name} s'est arrêté au démarrage ({how}) : "
                "la raison est dans les messages ci-dessus."
            )
            self._stop()

    def _announce_readiness(self) -> None:
        if not self._all_were_ready and all(slot.ready for slot in self._slots):
            self._all_were_ready = True
            self._on_ready()

    def _stop(self) -> None:
        self._stopping = True
        now = time.monotonic()
        self._kill_at = now + self._grace_seconds + _KILL_MARGIN_SECONDS
        self._last_stop_at = now + self._grace_seconds / 2
        self._on_stop()
        self._send(signal.SIGTERM, last=False)

    def _stop_the_last(self) -> None:
        """Stop the processes that come last, after the others or at the deadline."""
        if self._last_stop_at == float("inf"):
            return
        others = any(slot.pid for slot in self._slots if not slot.process.last)
        if not others or time.monotonic() >= self._last_stop_at:
            self._last_stop_at = float("inf")
            self._send(signal.SIGTERM, last=True)

    def _kill(self) -> None:
        self._kill_at = float("inf")
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals, *, last: bool | None = None) -> None:
        for slot in self._slots:
            if slot.pid and last in (None, slot.process.last):
                monde.kill(slot.pid, number)


def _how_it_ended(exit_code: int) -> str:
    return f"code {exit_code}" if exit_code >= 0 else f"signal {-exit_code}"


def _terminal_is_there() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return False
    return True
