"""The seams put around what the product asks of the world; it knows nothing of them."""

import fcntl
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from monde import ICI, Monde
from sqlalchemy.engine.default import DefaultDialect

from sge_sim import clock
from sge_sim.machine import files

_OS = {
    "open": "ouvre",
    "fsync": "synchronise",
    "ftruncate": "tronque",
    "replace": "renomme",
    "rename": "renomme",
    "unlink": "ôte",
    "mkdir": "dossier",
}


def pose(monde: Monde, rang: int) -> None:
    """Put the seams of a process: the `rang`-th of its years."""
    for nom, couture in _OS.items():
        setattr(os, nom, _apres(monde, couture, getattr(os, nom)))
    for nom in ("rename", "replace"):
        setattr(os, nom, _arrivant(getattr(os, nom)))
    _pose_writes(monde)
    _pose_locks(monde)
    _pose_time(monde)
    _pose_chance(monde, rang)
    DefaultDialect.do_commit = _commit(monde)  # type: ignore[method-assign]


def _apres(monde: Monde, nom: str, vrai: Callable[..., Any]) -> Callable[..., Any]:
    """Return what is done once its seam is passed."""

    def fait(*args: Any, **kwargs: Any) -> Any:
        monde.avant(nom)
        return vrai(*args, **kwargs)

    return fait


def arrive(_path: Path) -> None:
    """Called with the name that a file was just given; a life replaces it."""


def _arrivant(vrai: Callable[..., Any]) -> Callable[..., Any]:
    def fait(source: Any, target: Any) -> None:
        vrai(source, target)
        arrive(Path(target))

    return fait


def _pose_writes(monde: Monde) -> None:
    pwrite, ouvre = os.pwrite, open

    def ecrit(handle: int, parts: Any, start: int) -> int:
        whole = parts if isinstance(parts, bytes) else b"".join(parts)
        if monde.couture("écrit"):
            pwrite(handle, whole[: int(len(whole) * monde.hasard.random())], start)
            monde.meurt("écrit")
        return pwrite(handle, whole, start)

    @contextmanager
    def ouvert(*args: Any, **kwargs: Any) -> Iterator[Any]:
        with ouvre(*args, **kwargs) as file:

            def write(piece: bytes) -> int:
                if monde.couture("écrit"):
                    file.write(piece[: int(len(piece) * monde.hasard.random())])
                    file.flush()
                    monde.meurt("écrit")
                return file.write(piece)

            yield SimpleNamespace(
                write=write,
                **{n: getattr(file, n) for n in ("tell", "seek", "flush", "fileno", "read")},
                seekable=file.seekable,
            )

    os.pwrite = ecrit
    os.pwritev = ecrit  # type: ignore[assignment]
    files.open = ouvert  # type: ignore[attr-defined]


def _pose_locks(monde: Monde) -> None:
    flock = fcntl.flock

    def verrouille(handle: Any, how: int) -> None:
        if how & fcntl.LOCK_UN:
            return flock(handle, how)
        monde.avant("verrou")
        while monde.prets and not how & fcntl.LOCK_NB:
            with suppress(BlockingIOError):
                return flock(handle, how | fcntl.LOCK_NB)
            monde.attend(nom="verrou")
        return flock(handle, how)

    fcntl.flock = verrouille


def _pose_time(monde: Monde) -> None:
    time.sleep = monde.attend
    dit = {"combine": datetime.combine, "fromisoformat": datetime.fromisoformat}
    clock.datetime = SimpleNamespace(  # type: ignore[assignment,misc]
        now=lambda zone: monde.lit().astimezone(zone), **dit
    )
    clock._time = SimpleNamespace(  # type: ignore[assignment]
        perf_counter=lambda: monde.lit().timestamp(), time=lambda: monde.comptes.machine.timestamp()
    )


def _pose_chance(monde: Monde, rang: int) -> None:
    """Have secrets, and names of temporary files, drawn from the seed."""
    drawn = random.Random(monde.hasard.random())
    os.urandom = drawn.randbytes
    random._urandom = drawn.randbytes  # type: ignore[attr-defined]
    names = map(f"{rang:04x}{{:06x}}".format, range(10**7))
    tempfile._name_sequence = names  # type: ignore[attr-defined]


def _commit(monde: Monde) -> Callable[..., None]:
    def commit(_dialect: Any, connection: Any) -> None:
        monde.avant("avant commit")
        connection.commit()
        monde.avant("après commit")

    return commit


def ecoute(monde: Monde, dossier: Path, rapporte: Callable[[str], None]) -> None:
    """Report what is written under `dossier` without passing a seam, for as long as it lives."""
    racine = str(dossier)

    def voit(event: str, args: tuple[Any, ...]) -> None:
        if event not in _VUS or not monde.actif or getattr(ICI, "passe", False):
            return
        path, *others = args
        if not str(path if not isinstance(path, bytes) else os.fsdecode(path)).startswith(racine):
            return
        if event == "open":
            mode, flags = others
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if not (writes or (isinstance(mode, str) and set(mode) & set("wax+"))):
                return
        rapporte(f"{event} {path}")

    sys.addaudithook(voit)


_VUS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "sqlite3.connect"}
