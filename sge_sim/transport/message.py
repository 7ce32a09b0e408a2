"""What crosses the door of the transport: one request value in, one response value out."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is at the other end of a connection.

    `certificate` is the client's own, `authorities` what the handshake verified above it, all in
    DER; `address` is the client's IP address, as text.
    """

    certificate: bytes
    authorities: tuple[bytes, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Request:
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
class Response:
    """What to answer; the transport adds the length and what concerns the connection.

    `reason` takes the place of the status' own words.
    """

    status: HTTPStatus
    content: bytes
    headers: tuple[tuple[str, str], ...] = ()
    reason: str = ""
