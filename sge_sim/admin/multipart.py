"""The one file that a page's form sends, read as it comes (`multipart/form-data`)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from sge_sim.errors import UsageError

_BOUNDARY: Final = re.compile(r'boundary="?([^";,]{1,70})"?')
_FILENAME: Final = re.compile(rb'filename="([^"\r\n]{1,255})"')
_HEAD_MAX: Final = 4096
_NOT_A_FILE: Final = "Aucun fichier n'est venu : en choisir un, puis envoyer."


def read_file(content_type: str, pieces: Iterable[bytes]) -> tuple[str, Iterator[bytes]]:
    """Return the name of the file that comes first in a form, and its bytes in pieces.

    Raises `UsageError` where none does.
    """
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise UsageError(_NOT_A_FILE)
    coming = iter(pieces)
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _HEAD_MAX:
        piece = next(coming, None)
        if piece is None:
            raise UsageError(_NOT_A_FILE)
        head += piece
    head, _, rest = head.partition(b"\r\n\r\n")
    name = _FILENAME.search(head)
    if name is None:
        raise UsageError(_NOT_A_FILE)
    end = f"\r\n--{boundary[1]}".encode()
    return name[1].decode("utf-8", "replace"), _until(end, rest, coming)


def _until(end: bytes, first: bytes, coming: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what precedes `end`, which may come in two pieces."""
    kept = first
    while (at := kept.find(end)) < 0:
        sure = len(kept) - len(end)
        if sure > 0:
            yield kept[:sure]
            kept = kept[sure:]
        piece = next(coming, None)
        if piece is None:
            raise UsageError("Le fichier n'est pas venu en entier : l'envoyer de nouveau.")
        kept += piece
    yield kept[:at]
