"""The console of `sge-sim serve`: a line for each call, for people or for machines."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.domaine.anglais import translated
from sge_sim.domaine.echanges import Issue
from sge_sim.machine import monde
from sge_sim.settings import Log

if TYPE_CHECKING:
    from sge_sim.journal import Echange

_CONTAINER_MARKS: Final = ("/.dockerenv", "/run/.containerenv")  # Docker's and Podman's

_COLOURS: Final[dict[Issue, str]] = {
    "accepté": "green",
    "refusé": "red",
    "alerte TLS": "yellow",
    "fichier": "blue",
}


def default_log() -> Log:
    """Return how calls are written where nobody says: as text in a terminal and in a container."""
    # The first process of a container, or one that an engine marked.
    contained = os.getpid() == 1 or any(Path(mark).exists() for mark in _CONTAINER_MARKS)
    return Log.TEXT if contained or sys.stdout.isatty() else Log.NONE


def console(log: Log) -> "Callable[[Echange], None] | None":
    """Return what writes a call; None for nothing.

    A line of text has colours in a terminal, but with `NO_COLOR` (no-color.org) or in one without
    any. A JSON object has the fields of the REST interface.
    """
    if log is Log.NONE:
        return None
    if log is Log.JSON:
        return lambda echange: click.echo(call_json(echange))
    coloured = (
        sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )
    return lambda echange: click.echo(call_line(echange), color=coloured)


def call_json(echange: "Echange") -> str:
    """Return a call as one line of JSON, as `GET /api/journal` gives it."""
    from sge_sim.api.views import ExchangeView

    return ExchangeView.of(echange).model_dump_json()


def call_line(echange: "Echange") -> str:
    """Return the line of a call: when (simulated), how it ended, what was asked, by whom, why."""
    from sge_sim.api.views import ExchangeView

    view = ExchangeView.of(echange)
    answered = view.code or (f"HTTP {view.http_status}" if view.http_status else "")
    asked = filter(None, (answered, view.nature, view.prm, view.acteur))
    parts = [
        click.style(f"{view.instant:%d/%m %H:%M:%S}", dim=True),
        click.style(f"{translated(view.issue):<7}", fg=_COLOURS[view.issue]),
        *map(printable, asked),
        f"{echange.duration_ms:.1f} ms".replace(".", ","),
        click.style(translated(f"échange {view.id}"), dim=True),
        *map(printable, filter(None, [translated(view.cause)])),
    ]
    return "  ".join(parts)


def printable(text: str) -> str:
    """Return `text` on one line, without what a terminal would obey: a client wrote it."""
    return "".join(character if character.isprintable() else " " for character in text)


_PATIENCE_SECONDS: Final = 2.0
_ERASE: Final = "\r\033[K"


@contextmanager
def progress_if_long(what: str, progress: Callable[[], str] = str) -> Iterator[None]:
    """Write `what` on stderr once it takes over two seconds, and erase it at the end.

    `progress`, which another thread calls, returns how far it is; the line is cut at the width of
    the terminal. Nothing is written where stderr isn't a terminal. The thread that writes has ended
    when the block is left, so that the process may fork.
    """
    if not sys.stderr.isatty():
        yield
        return
    done, begun = monde.Event(), stopwatch()

    def show() -> None:
        if done.wait(_PATIENCE_SECONDS):
            return
        waiting = True
        while waiting:
            line = f"{translated(what)}… {elapsed_ms(begun) / 1000:.0f} s {progress()}".strip()
            width = shutil.get_terminal_size().columns - 1
            click.echo(f"{_ERASE}{line[:width]}", nl=False, err=True)
            waiting = not done.wait(1.0)
        click.echo(_ERASE, nl=False, err=True)

    writer = monde.Thread(target=show, daemon=True)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()
