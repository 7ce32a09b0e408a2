"""Notices that files have been replaced."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

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

    def run(self, on_change: Callable[[], None], stop: Event) -> None:
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
