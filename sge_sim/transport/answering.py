"""How a response is put into bytes (RFC 9112 §4, RFC 9110 §§6.6, 7.6)."""

import zlib
from collections.abc import Iterable
from http import HTTPStatus

from sge_sim.clock import http_date
from sge_sim.machine.once import computed_once
from sge_sim.transport.framing import RequestError
from sge_sim.transport.message import Response

_JOINED_BYTES = 64 * 1024
_GZIP = 31


def text_response(status: HTTPStatus, text: str, *headers: tuple[str, str]) -> Response:
    """Return an answer in plain text; `text` is in French."""
    return Response(
        status, f"{text}\n".encode(), (("Content-Type", "text/plain; charset=utf-8"), *headers)
    )


def refusal(error: RequestError) -> list[bytes]:
    """Return the bytes that tell a client what is wrong with its request, before hanging up."""
    return pieces(text_response(error.status, error.sentence), [("Connection", "close")])


def pieces(
    response: Response,
    connection: list[tuple[str, str]],
    without_content: bool = False,
    *,
    chunks: bool = True,
) -> list[bytes]:
    """Return the bytes of `response`, in the order in which they leave.

    `connection` are the headers that concern the connection. `without_content` answers HEAD. Head
    and content leave together; a large content stays the object that it is, which many answers
    may share. Without `chunks` none are sent, whatever is wanted: HTTP/1.0 has none.
    """
    length = f"Content-Length: {len(response.content)}\r\n"
    if response.framing is not None:
        response, length = _framed(response, response.framing.chunk if chunks else 0)
    head = (
        f"{_beginning(response.status, response.reason, response.headers)}"
        f"{length}{_lines(connection)}Date: {http_date()}\r\nServer: sge-sim\r\n\r\n"
    ).encode("latin-1", "replace")
    if without_content:
        return [head]
    if len(response.content) > _JOINED_BYTES:
        return [head, response.content]
    return [head + response.content]


def _framed(response: Response, chunk: int) -> tuple[Response, str]:
    """Return a response whose content is framed, and the header that says where it ends."""
    content, headers = response.content, response.headers
    if response.framing is not None and response.framing.gzip:
        content = zlib.compress(content, wbits=_GZIP)
        headers += (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    length = f"Content-Length: {len(content)}\r\n"
    if chunk:
        length = "Transfer-Encoding: chunked\r\n"
        cut = (content[at : at + chunk] for at in range(0, len(content), chunk))
        content = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in (*cut, b""))
    return response._replace(content=content, headers=headers), length


@computed_once(64)
def _beginning(status: HTTPStatus, reason: str, headers: tuple[tuple[str, str], ...]) -> str:
    """Return the status line and the first headers, which many answers share."""
    return f"HTTP/1.1 {int(status)} {reason or status.phrase}\r\n{_lines(headers)}"


def _lines(headers: Iterable[tuple[str, str]]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers])
