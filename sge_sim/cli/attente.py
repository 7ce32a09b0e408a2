"""What a command says in a terminal while it takes long: what it is doing, and for how long."""

import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

from sge_sim.clock import elapsed_ms, stopwatch

_PATIENCE_SECONDS: Final = 2.0
_ERASE: Final = "\r\033[K"


@contextmanager
def told_if_long(what: str, progress: Callable[[], str] = str) -> Iterator[None]:
    """Say `what` on stderr once it takes over two seconds, and take it back at the end.

    `progress`, which another thread calls, says how far it is; the line is cut at the width of the
    terminal. Nothing is said where stderr isn't a terminal. The thread that speaks is gone at the
    end, so that the process may fork.
    """
    if not sys.stderr.isatty():
        yield
        return
    done, begun = threading.Event(), stopwatch()

    def speak() -> None:
        if done.wait(_PATIENCE_SECONDS):
            return
        waiting = True
        while waiting:
            line = f"{what}… {elapsed_ms(begun) / 1000:.0f} s {progress()}".strip()
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"{_ERASE}{line[:width]}", nl=False, err=True)
            waiting = not done.wait(1.0)
        click.echo(_ERASE, nl=False, err=True)

    speaker = threading.Thread(target=speak, daemon=True)
    speaker.start()
    try:
        yield
    finally:
        done.set()
        speaker.join()
