"""The seams of the product (`sge_sim.machine.monde`), each replaced by one of the simulated world.

`avant_tout` comes before the rest of `sge_sim` is imported: some locks are made then. `pose` puts
the others, in a process that has just been forked.
"""

import os
import random
import sqlite3
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from monde import ICI, Evenement, Fil, Monde, Verrou, VerrouReentrant
from sqlalchemy.event import attr

from sge_sim import clock
from sge_sim.machine import monde as seams

SIMPLES = {
    "open": "ouvre",
    "ftruncate": "tronque",
    "fsync": "synchronise",
    "fchmod": "droits",
    "mkdir": "dossier",
    "rename": "renomme",
    "replace": "renomme",
    "unlink": "ôte",
    "rmtree": "ôte",
    "new_name": "temporaire",
    "nameless_file": "temporaire",
    "temporary_folder": "temporaire",
    "lockf": "verrou",
    "connect": "base",
    "begin_writing": "commence",
    "switch_to_wal": "instruction",
    "checkpoint": "instruction",
    "backup": "instruction",
    "spawn": "processus",
    "fork": "processus",
}
"""What is passed before it is done, each with its kind of seam."""


def avant_tout() -> None:
    """Have locks be those of woven threads."""
    seams.Lock, seams.RLock = Verrou, VerrouReentrant  # type: ignore[misc,assignment]
    seams.Event, seams.Thread = Evenement, Fil  # type: ignore[misc,assignment]
    # A pool holds a lock while its first connection is made, which passes seams.
    attr.threading = SimpleNamespace(Lock=Verrou, RLock=VerrouReentrant)  # type: ignore[assignment]


def pose(monde: Monde, arrive: Callable[[Path], None]) -> None:
    """Put the seams of a process; `arrive` is called with each name that a file is given."""
    for nom, couture in SIMPLES.items():
        setattr(seams, nom, _apres(monde, couture, getattr(seams, nom)))
    for nom in ("rename", "replace"):
        setattr(seams, nom, _arrivant(getattr(seams, nom), arrive))
    _pose_writes(monde)
    seams.flock = _flock(monde)
    seams.commit = _commit(monde)  # type: ignore[assignment]
    seams.sleep = monde.attend  # type: ignore[assignment]
    drawn = random.Random(monde.hasard.random())
    seams.urandom = os.urandom = drawn.randbytes  # a token has its number by uuid

    def reads(zone: tzinfo) -> datetime:
        return monde.lit().astimezone(zone)

    clock.read_instant = reads  # type: ignore[assignment]
    clock.read_epoch = lambda: monde.comptes.machine.timestamp()
    clock.read_stopwatch = lambda: monde.lit().timestamp()


def _within(vrai: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Do what a seam stands before; what is written meanwhile has passed it."""
    before, ICI.passe = getattr(ICI, "passe", False), True
    try:
        return vrai(*args, **kwargs)
    finally:
        ICI.passe = before


def _apres(monde: Monde, nom: str, vrai: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is done once its seam is passed."""

    def fait(*args: Any, **kwargs: Any) -> Any:
        monde.avant(nom)
        return _within(vrai, *args, **kwargs)

    return fait


def _arrivant(vrai: Callable[..., Any], arrive: Callable[[Path], None]) -> Callable[..., Any]:
    def fait(source: Path, target: Path) -> Any:
        found = vrai(source, target)
        arrive(Path(target))
        return found

    return fait


class _Ecrit:
    """An open file whose writes are seams: an end leaves a part of a piece."""

    def __init__(self, monde: Monde, file: Any) -> None:
        self._monde, self._file = monde, file

    def write(self, piece: Any) -> Any:
        if self._monde.couture("écrit"):
            self._file.write(piece[: int(len(piece) * self._monde.hasard.random())])
            self._file.flush()
            self._monde.meurt("écrit")
        return self._file.write(piece)

    def __getattr__(self, nom: str) -> Any:
        return getattr(self._file, nom)

    def __enter__(self) -> "_Ecrit":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _pose_writes(monde: Monde) -> None:
    pwrite, fdopen = os.pwrite, os.fdopen

    def ecrit(handle: int, parts: Any, start: int) -> int:
        whole = parts if isinstance(parts, bytes) else b"".join(parts)
        if monde.couture("écrit"):
            pwrite(handle, whole[: int(len(whole) * monde.hasard.random())], start)
            monde.meurt("écrit")
        return pwrite(handle, whole, start)

    seams.pwrite = seams.pwritev = ecrit  # type: ignore[assignment]
    seams.fdopen = lambda *args, **kwargs: _Ecrit(  # type: ignore[assignment]
        monde, _within(fdopen, *args, **kwargs)
    )


def _flock(monde: Monde) -> Callable[[Any, int], None]:
    import fcntl

    flock = fcntl.flock

    def verrouille(handle: Any, how: int) -> None:
        if how & fcntl.LOCK_UN:
            flock(handle, how)
            return
        monde.avant("verrou")
        while monde.prets and not how & fcntl.LOCK_NB:
            with suppress(BlockingIOError):
                flock(handle, how | fcntl.LOCK_NB)
                return
            monde.attend(nom="verrou")
        flock(handle, how)

    return verrouille


def _commit(monde: Monde) -> Callable[[sqlite3.Connection], None]:
    def commit(connection: sqlite3.Connection) -> None:
        monde.avant("avant commit")
        connection.commit()
        monde.avant("après commit")

    return commit


_VUS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "sqlite3.connect"}


def ecoute(monde: Monde, dossier: Path, rapporte: Callable[[str], None]) -> None:
    """Report what is written under `dossier` without passing a seam, as long as the process is.

    What SQLite writes by itself isn't seen: a commit is its seam.
    """
    racine = str(dossier)

    def voit(event: str, args: tuple[Any, ...]) -> None:
        if event not in _VUS or not monde.actif or getattr(ICI, "passe", False):
            return
        path = os.fsdecode(args[0]) if isinstance(args[0], bytes | str | Path) else ""
        if path.startswith(racine) and (event != "open" or _writes(*args[1:3])):
            rapporte(f"{event} {path}")

    sys.addaudithook(voit)


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return bool(set(mode) & set("wxa+"))
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
