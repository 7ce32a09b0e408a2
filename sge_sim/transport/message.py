"""What crosses the door of the transport: one request value in, one response value out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import Final, NamedTuple

_SLOW_PARTS: Final = 20


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is at the other end of a connection.

    `certificate` is the client's own, `authorities` what the handshake verified above it, all in
    DER, and empty where the listener asks for none; `address` is the client's IP address, as text.
    `fingerprint` is the SHA-256 of the certificate, in small hexadecimal digits.
    """

    certificate: bytes
    authorities: tuple[bytes, ...]
    address: str
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", sha256(self.certificate).hexdigest())


class Request(NamedTuple):
    """A whole HTTP request.

    `path` is decoded (but for an encoded slash), `query` is as it was sent. `headers` are by name
    in lower case, those that repeat joined by a comma; what only says where the request ends
    isn't among them.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    sender: Sender


@dataclass(frozen=True, slots=True)
class Departure:
    """How an answer leaves when it doesn't leave at once, whole.

    It begins after `delay_seconds`, then leaves in equal parts over `over_seconds`. Only its share
    `kept` (0 to 1) leaves; below 1 the connection then ends without a goodbye.
    """

    delay_seconds: float = 0.0
    over_seconds: float = 0.0
    kept: float = 1.0

    @property
    def cuts(self) -> bool:
        """Whether the connection is cut before the end of the answer."""
        return self.kept < 1

    def parts(self, whole: bytes) -> list[tuple[float, bytes]]:
        """Return the parts of an answer that leave, each after how many seconds of waiting."""
        leaving = whole[: int(len(whole) * self.kept)]
        count = min(_SLOW_PARTS, len(leaving)) if self.over_seconds else 1
        size = -(-len(leaving) // max(count, 1))
        pauses = [self.delay_seconds, *[self.over_seconds / max(count - 1, 1)] * (count - 1)]
        return [(pause, leaving[n * size : (n + 1) * size]) for n, pause in enumerate(pauses)]


class Framing(NamedTuple):
    """How the content of an answer is framed: compressed, in chunks of so many bytes (0: none)."""

    gzip: bool = False
    chunk: int = 0


class Response(NamedTuple):
    """What to answer; the transport adds the length and what concerns the connection.

    `reason` takes the place of the status' own words. `departure` is for faults that are planned,
    `framing` for answers whose form varies.
    """

    status: HTTPStatus
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    departure: Departure | None = None
    framing: Framing | None = None
