"""A value that processes map from a file instead of computing it.

Its arrays stand in the file as they are in memory: a page that nobody reads takes none, one that
several processes read takes it once. The file is as trusted as the program: it stands beside it.
"""

import mmap
import pickle
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sge_sim.errors import UsageError
from sge_sim.machine import monde
from sge_sim.machine.files import writing_atomically
from sge_sim.machine.memory import MAPPED

_ALIGNED: Final = 4096
_HEAD: Final = "{} {:>15} {:>15} "
"""The key, where the arrays begin, where the file ends."""


def read_mapped(path: Path, key: str) -> Any:
    """Return the value that stands in a file under `key`, its arrays read-only; None where there is
    no such file, or under another key."""
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError):  # none, or an empty one
        return None
    MAPPED.add(mapped)
    pages = memoryview(mapped)
    size = len(_HEAD.format(key, 0, 0))
    found, *bounds = bytes(pages[:size]).decode("ascii", "replace").split() or [""]
    if found != key or bounds[1:] != [str(len(pages))]:
        return None
    value, places = pickle.loads(pages[size:])  # noqa: S301 - see above
    arrays = pages[int(bounds[0]) :]
    return pickle.loads(value, buffers=[arrays[begin:end] for begin, end in places])  # noqa: S301


def digest_of(sources: Iterable[Path], more: str = "") -> str:
    """Return a key of what follows from the code of some modules, and from `more`."""
    code = b"".join(source.read_bytes() for source in sorted(sources))
    return sha256(code + more.encode()).hexdigest()


def write_mapped(path: Path, key: str, value: object) -> None:
    """Write a value under `key`, in place of what is there; nothing where the program may not."""
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(value, 5, buffer_callback=buffers.append)
    arrays, places, end = [buffer.raw() for buffer in buffers], [], 0
    for array in arrays:
        places.append((end, end + array.nbytes))
        end += -(-array.nbytes // _ALIGNED) * _ALIGNED
    head = pickle.dumps((pickled, places))
    size = len(_HEAD.format(key, 0, 0)) + len(head)
    begin = -(-size // _ALIGNED) * _ALIGNED
    with suppress(OSError, UsageError):
        monde.mkdir(path.parent, exist_ok=True)
        with writing_atomically(path) as file:
            file.write(_HEAD.format(key, begin, begin + end).encode("ascii") + head)
            for array, (place, _) in zip(arrays, places, strict=True):
                file.seek(begin + place)
                file.write(array)
            file.truncate(begin + end)
