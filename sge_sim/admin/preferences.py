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
    parts = [part.partition(";")[0].partition("=") for part in header.split(",")]
    values = [(name.strip().lower(), value.strip().strip('"')) for name, _, value in parts]
    # The first of a kind is the one that counts.
    wait = next((value for name, value in values if name == "wait"), "")
    known = wait.isascii() and wait.isdigit()
    return Preference((RESPOND_ASYNC, "") in values, int(wait[:9]) if known else None)
