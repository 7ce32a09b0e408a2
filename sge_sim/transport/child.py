"""What a forked process does: build its service, serve, and end with its parent.

Signals are read as something to wait for, so that they are dealt with at a chosen place and time.
"""

import contextlib
import logging
import os
import select
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn, Protocol

from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.collector import collector_paused


class SignalPipe:
    """Receives `numbers` in place of their usual effect, from now until `give_back`.

    Must be made in the main thread. `fileno` becomes readable when a signal has come, so a
    `select` can wait for signals and other things at once: Python itself writes to it, whatever
    the main thread does. A handler runs once that thread is woken up, and a signal that comes just
    before it waits for something doesn't wake it up.
    """

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._previous_fd = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        self._previous = {number: signal.signal(number, _no_effect) for number in numbers}

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._reader

    def read(self) -> list[signal.Signals]:
        """Return the signals that have come since the last call, in order."""
        try:
            return [signal.Signals(number) for number in os.read(self._reader, 4096)]
        except BlockingIOError:
            return []

    def give_back(self) -> None:
        """Let the signals have their former effect, and close."""
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self.close()

    def close(self) -> None:
        """Close the pipe alone: for a forked child, which sets its own handlers."""
        signal.set_wakeup_fd(self._previous_fd)
        os.close(self._reader)
        os.close(self._writer)


def _no_effect(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: Python has noted the signal."""


READY = b"+"
FAILED = b"-"

_log = logging.getLogger(__name__)


class ProcessWork(Protocol):
    """What a process serves."""

    def serve(self, on_ready: Callable[[], None]) -> None:
        """Serve until `stop`, in the main thread; call `on_ready` once clients are accepted."""

    def stop(self) -> None:
        """Stop gracefully; called by another thread."""

    def reload(self) -> None:
        """Read the configuration files again; called by another thread."""


@dataclass(frozen=True)
class Process:
    """A process to keep alive: its name in messages and what builds its service.

    One that is `last` is stopped once the others have ended, or have had half of their time.

    `build` is called in the process itself, after the fork: database engines, threads and
    anything else that a fork would break belong there.
    """

    name: str
    build: Callable[[], ProcessWork]
    last: bool = False


def run_child(
    process: Process, announcements: int, parent_life: int, grace_seconds: float
) -> NoReturn:
    """Run `process` to its end and exit.

    On the descriptor `announcements`, READY is written once clients are accepted, or FAILED and
    the sentence of a `UsageError`. `parent_life` becomes readable when the parent has died,
    however it died. SIGTERM, or that death, stops the service; SIGHUP reloads it. A service that
    hasn't stopped after `grace_seconds` is ended.
    """
    code = 1
    try:
        # Ctrl-C reaches the whole group of the terminal: the parent alone deals with it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signals = SignalPipe([signal.SIGTERM, signal.SIGHUP])
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        with collector_paused():
            service = process.build()
        monde.Thread(
            target=_obey, args=(service, signals, parent_life, grace_seconds), daemon=True
        ).start()
        service.serve(lambda: _announce(announcements, READY))
        code = 0
    except UsageError as error:
        _announce(announcements, FAILED + str(error).encode())
    except BaseException:
        _log.exception("Le processus %s s'arrête sur une erreur.", process.name)
    finally:
        _leave(code)


def _obey(
    service: ProcessWork, signals: SignalPipe, parent_life: int, grace_seconds: float
) -> None:
    """Carry out what the parent asks until it asks to stop, then see that it happens."""
    stopping = False
    while not stopping:
        readable, _, _ = select.select([signals.fileno(), parent_life], [], [])
        received = signals.read()
        stopping = parent_life in readable or signal.SIGTERM in received
        if signal.SIGHUP in received and not stopping:
            _reload(service)
    monde.Thread(target=service.stop, daemon=True).start()
    monde.sleep(grace_seconds)
    _log.warning("Arrêt forcé : le service n'a pas fini en %g s.", grace_seconds)
    _leave(1)


def _reload(service: ProcessWork) -> None:
    try:
        service.reload()
    except Exception:
        _log.exception("Rechargement impossible : la configuration en service est gardée.")


def _announce(descriptor: int, message: bytes) -> None:
    with contextlib.suppress(BrokenPipeError):  # the parent is gone, and about to be missed
        os.write(descriptor, message)


def _leave(code: int) -> NoReturn:
    """Exit without returning into the parent's code, of which the stack is a copy."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    monde.exit_now(code)
