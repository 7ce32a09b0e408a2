"""What a client prefers of an answer that takes long: the header `Prefer` (RFC 7240)."""

from dataclasses import dataclass
from typing import Final

RESPOND_ASYNC: Final = "respond-async"


@dataclass(frozen=True)
class Preference:
    """Whether to answer before the work is done, and after how many seconds at the latest."""

    asynchronous: bool = False
    wait: int | None = None


def read_preference(header: str) -> Preference:
    """Read the header; what isn't known or understood is passed over, as the RFC wants it.

    >>> read_preference("respond-async, wait=10")
    Preference(asynchronous=True, wait=10)
    """
    parts = [part.partition(";")[0].strip().lower() for part in header.split(",")]
    waits = [part.partition("=")[2].strip().strip('"') for part in parts if part[:4] == "wait"]
    # The first of a kind is the one that counts.
    wait = waits[0] if waits else ""
    known = wait.isascii() and wait.isdigit()
    return Preference(RESPOND_ASYNC in parts, int(wait[:9]) if known else None)
