"""Breaks to plant in the product, which must be seen: `python -m tests.annees 1 --faute NOM`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from sge_sim.flux import canaux, lots
from sge_sim.journal import drain


def _claimed() -> None:
    """A lot never finds that another process has published it."""
    for lot in (lots.Lot, *get_args(lots.Lot), *lots.Lot.__subclasses__()):
        lot.claim = lambda *_: True  # type: ignore[method-assign]


def _forgotten() -> None:
    """What was stored of the journal isn't noted: it is stored again."""
    drain.Drainer._move = lambda *_: None  # type: ignore[method-assign]


def _in_place(path: Path, content: bytes, *_: Any) -> None:
    from sge_sim.machine import monde

    flags = 0o102 | 0o1000  # O_RDWR | O_CREAT | O_TRUNC
    handle = monde.open(path, flags, 0o644)
    with monde.fdopen(handle, "wb") as file:
        file.write(content)


def _delivered_in_place() -> None:
    """A file has its name before it is whole."""
    canaux.write_atomically = _in_place


def _beside() -> None:
    """A file is written without passing a seam."""
    canaux.write_atomically = lambda path, content: Path(path).write_bytes(content)


FAUTES: Final[Mapping[str, Callable[[], None]]] = {
    "réclamée": _claimed,
    "oubliée": _forgotten,
    "en place": _delivered_in_place,
    "à côté": _beside,
}
