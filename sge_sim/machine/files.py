"""Files and folders, written whole or not at all, and private from their first byte if asked.

They are made beside, under one name of their own (`.name.new`): what a killed process left is
taken over by the next one that makes the same. The files that a user names are read up to a bound.
The data files (`wsdl/`, `catalog/`, `certs/`) stand at the top level of a clone and travel inside
the wheel.
"""

import errno
import fcntl
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from sge_sim.errors import UsageError
from sge_sim.machine import monde

_PACKAGE = Path(__file__).resolve().parents[1]


def data_path(name: str) -> Path:
    """Return the folder `name` (`wsdl`, `catalog`, `certs`), in the wheel or in the clone."""
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


PRIVATE = 0o600
PUBLIC = 0o644
PRIVATE_FOLDER = 0o700

_PIECE: Final = 1 << 20


def make_private_folder(folder: Path) -> Path:
    """Make `folder` and its missing parents, readable by their owner alone; return it."""
    for missing in reversed([folder, *folder.parents]):
        if not missing.is_dir():
            monde.mkdir(missing, mode=PRIVATE_FOLDER, exist_ok=True)
    return folder


def open_private(path: Path) -> int:
    """Open a file to read and write, made for its owner alone where it is missing; the caller
    closes it.

    Raises `UsageError` for a symbolic link: what is written would go where somebody else says.
    """
    try:
        return monde.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, PRIVATE)
    except OSError as error:
        if error.errno == errno.ELOOP and path.is_symlink():
            raise UsageError(link_sentence(path)) from None
        raise


def make_private_file(path: Path) -> None:
    """Make an empty file for its owner alone, unless it is there; `UsageError` for a link.

    One that is there isn't opened: closing it would take the locks of a database away.
    """
    if path.is_symlink():
        raise UsageError(link_sentence(path))
    if not path.exists():
        os.close(open_private(path))


def link_sentence(path: Path) -> str:
    """Return why nothing is written to `path`, a symbolic link."""
    return (
        f"{path} est un lien symbolique, à travers lequel sge-sim n'écrit pas : le remplacer par "
        "ce qu'il désigne, ou l'ôter."
    )


def write_atomically(path: Path, content: bytes, mode: int = PUBLIC) -> None:
    """Write `content` as `writing_atomically` does."""
    with writing_atomically(path, mode) as file:
        file.write(content)


@contextmanager
def writing_atomically(path: Path, mode: int = PUBLIC) -> Iterator[BinaryIO]:
    """Give a file beside `path` to write to, then rename it: a reader sees the old one or the new.

    Of several that write it at once, one comes after the other. An `OSError` names `path`. What is
    there and isn't a regular file (a device, a pipe) stays: `UsageError`.
    """
    _refuse_special(path)
    beside = _beside(path)
    with _naming(path), _alone_with(beside) as handle:
        try:
            monde.ftruncate(handle, 0)
            with monde.fdopen(handle, "wb", closefd=False) as file:
                yield file
            monde.fsync(handle)
            monde.fchmod(handle, mode)
            monde.replace(beside, path)
        except BaseException:
            monde.unlink(beside, missing_ok=True)
            raise


def read_user_file(path: Path | str, most: int) -> bytes:
    """Return what a file that a user names holds, `most` bytes at most; `-` is the standard input.

    Files and pipes are read, and a terminal as standard input. Raises `UsageError` for what holds
    more, for devices, folders and sockets; an `OSError` names `path`.
    """
    if str(path) == "-":
        if not sys.stdin.isatty():
            _refuse_unreadable(os.fstat(sys.stdin.fileno()), "L'entrée standard")
        return _read_up_to(sys.stdin.buffer, "L'entrée standard", most)
    path, nom = Path(path), f"« {path} »"
    # Looked at before it is opened, which may make a device do something already.
    _refuse_unreadable(path.stat(), nom)
    with path.open("rb") as file:
        return _read_up_to(file, nom, most)


def _read_up_to(file: BinaryIO, nom: str, most: int) -> bytes:
    pieces, missing = [], most + 1
    while missing and (piece := file.read(min(_PIECE, missing))):
        pieces.append(piece)
        missing -= len(piece)
    if not missing:
        raise UsageError(f"{nom} dépasse {most} octets : donner un autre fichier.")
    return b"".join(pieces)


def _refuse_unreadable(found: os.stat_result, nom: str) -> None:
    """Raise `UsageError` for what isn't a file nor a pipe; the sentence begins with `nom`."""
    if stat.S_ISDIR(found.st_mode):
        raise UsageError(f"{nom} est un dossier : donner un fichier.")
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISFIFO(found.st_mode)):
        raise UsageError(f"{nom} n'est ni un fichier ni un tube : donner un fichier.")


def check_writable(path: Path) -> None:
    """Raise `OSError` or `UsageError`, as `write_atomically` would, when `path` can't be written.

    For work that is long: better known before it than after.
    """
    _refuse_special(path)
    with _naming(path), monde.nameless_file(path.parent):
        pass


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


@contextmanager
def _alone_with(beside: Path) -> Iterator[int]:
    """Give the open file `beside`, which nobody else holds; readable by its owner alone."""
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        handle = monde.open(beside, flags, PRIVATE)
        try:
            monde.flock(handle, fcntl.LOCK_EX)
            found = os.fstat(handle)
            own = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
            if not own or found.st_nlink > 1:  # laid there by somebody who would read it
                raise UsageError(f"{beside} n'est pas un fichier de sge-sim : le supprimer.")
            if _is_at(beside, found):
                monde.fchmod(handle, PRIVATE)
                yield handle
                return
            # Whoever held it before has given it its final name: begin again with a new one.
        finally:
            os.close(handle)


def _is_at(path: Path, found: os.stat_result) -> bool:
    try:
        return os.path.samestat(found, path.lstat())
    except FileNotFoundError:
        return False


def _refuse_special(path: Path) -> None:
    """Raise `UsageError` if `path` is there and isn't a regular file."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} n'est pas un fichier ordinaire : en donner un autre.")


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Raise an `OSError` that names `path`, whatever file beside it was tried."""
    try:
        yield
    except OSError as error:
        error.filename = str(path)
        raise


def make_folder_once(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Make `folder` with what `fill` writes into it, unless it is there; return it.

    `fill` works in a folder beside, which is then renamed. When several processes start at once,
    the first makes it and the others wait.
    """
    if folder.is_dir():
        return folder
    beside = _beside(folder)
    with locked(make_private_folder(folder.parent)):
        if folder.is_dir():
            return folder
        monde.rmtree(beside)
        try:
            monde.mkdir(beside, mode=PRIVATE_FOLDER)
            fill(beside)
            monde.rename(beside, folder)
        finally:
            monde.rmtree(beside)
    return folder


def own_name() -> str:
    """Return how a user finds this process, in French and in ASCII."""
    return f"le processus {os.getpid()} de {os.uname().nodename}"


@contextmanager
def locked(folder: Path, file: str = ".lock", *, wait: bool = True) -> Iterator[bool]:
    """Lock the folder, and give True: other processes that ask for it, by the same `file` of it,
    wait.

    Without `wait`, give False at once where one has it. The file holds its `own_name`.
    """
    handle = open_private(folder / file)
    try:
        try:
            monde.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            monde.ftruncate(handle, 0)
            with suppress(OSError):  # a full disk is locked too
                monde.pwrite(handle, own_name().encode(), 0)
            yield True
    finally:
        os.close(handle)
