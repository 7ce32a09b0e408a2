"""Signals as something to read, so that they are dealt with at a chosen place and time."""

import contextlib
import os
import signal
from collections.abc import Iterable
from types import FrameType


class SignalPipe:
    """Receives `numbers` in place of their usual effect, from now until `give_back`.

    Must be made in the main thread. `fileno` becomes readable when a signal has come, so a
    `select` can wait for signals and other things at once.
    """

    def __init__(self, numbers: Iterable[signal.Signals]) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._reader, False)
        os.set_blocking(self._writer, False)
        self._previous = {number: signal.signal(number, self._note) for number in numbers}

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
        os.close(self._reader)
        os.close(self._writer)

    def _note(self, number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(BlockingIOError):  # thousands of signals wait already
            os.write(self._writer, bytes([number]))
