"""What crosses the door of the transport: one request value in, one response value out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from typing import Final, NamedTuple

from sge_sim.clock import http_date
from sge_sim.transport.framing import RequestError

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
        return [(one, leaving[n * size : (n + 1) * size]) for n, one in enumerate(pauses)]


class Response(NamedTuple):
    """What to answer; the transport adds the length and what concerns the connection.

    `reason` takes the place of the status' own words. `departure` is for faults that are planned.
    """

    status: HTTPStatus
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    departure: Departure | None = None


_JOINED_BYTES = 64 * 1024


def text_response(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Response:
    """Return an answer in plain text; `text` is in French."""
    return Response(
        status,
        f"{text}\n".encode(),
        (("Content-Type", "text/plain; charset=utf-8"), *headers),
    )


def refusal(error: RequestError) -> list[bytes]:
    """Return the bytes that tell a client what is wrong with its request, before hanging up."""
    return pieces(text_response(error.status, error.sentence), [("Connection", "close")])


def pieces(
    response: Response, connection: list[tuple[str, str]], without_content: bool = False
) -> list[bytes]:
    """Return the bytes of `response`, in the order in which they leave.

    `connection` are the headers that concern the connection. `without_content` answers HEAD. Head
    and content leave together; a large content stays the object that it is, which many answers
    may share.
    """
    head = (
        f"{_beginning(response.status, response.reason, response.headers)}"
        f"Content-Length: {len(response.content)}\r\n"
        f"{_lines(connection)}Date: {http_date()}\r\nServer: sge-sim\r\n\r\n"
    ).encode("latin-1", "replace")
    if without_content:
        return [head]
    if len(response.content) > _JOINED_BYTES:
        return [head, response.content]
    return [head + response.content]


@lru_cache(maxsize=64)
def _beginning(status: HTTPStatus, reason: str, headers: tuple[tuple[str, str], ...]) -> str:
    """Return the status line and the first headers, which many answers share."""
    return f"HTTP/1.1 {int(status)} {reason or status.phrase}\r\n{_lines(headers)}"


def _lines(headers: Iterable[tuple[str, str]]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers])
