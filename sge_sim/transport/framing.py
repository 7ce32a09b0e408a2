"""Where a request ends: the bytes of a connection cut into whole HTTP/1.1 requests.

The reader is fed bytes as they come and says when a request is whole. Nobody reads them after it,
so that nobody can see another end than the one found here. Anything ambiguous is refused
(RFC 9112 §§2-7).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote

from sge_sim.transport.message import Request, Sender

_REQUEST_LINE = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Z]+) ([^\x00-\x20\x7f]+) HTTP/(\d)\.(\d)")
_ENCODED_SLASH = re.compile("(%2[Ff])")
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?")
_DIGITS = re.compile(rb"[0-9]{1,12}")
# Refused in the whole head (RFC 9110 §5.5): what is made of a header, an address in a WSDL for one,
# often can't hold them.
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_CHUNK_LINE = 1024
_HEAD_KEPT = 2048


class RequestError(Exception):
    """The request can't be served: the status to answer and a sentence saying why."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class _RequestHead:
    """Request line and headers; those that say where the body ends are fields of their own."""

    method: str
    target: str
    headers: Mapping[str, str]
    length: int
    chunked: bool
    keeps: bool
    is_http_1_0: bool
    continue_expected: bool


class RequestReader:
    """Collects the bytes that `sender` sends on one connection and hands out whole requests.

    `keeps` tells of the last request begun whether its client wants to send more after it, and
    `is_http_1_0` whether it has to be told that it may.

    >>> reader = RequestReader(sender, max_header_bytes=1000, max_body_bytes=1000)
    >>> reader.receive(b"POST / HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\no")
    >>> reader.take() is None
    True
    >>> reader.receive(b"k")
    >>> reader.take().body
    b'ok'
    """

    def __init__(self, sender: Sender, max_header_bytes: int, max_body_bytes: int) -> None:
        self.keeps = False
        self.is_http_1_0 = False
        self._sender = sender
        self._max_header_bytes = max_header_bytes
        self._max_body_bytes = max_body_bytes
        self._buffer = bytearray()
        self._searched = 0
        self._head: _RequestHead | None = None
        self._last_head: tuple[bytes, _RequestHead] | None = None
        self._chunks = bytearray()
        self._last_chunk_seen = False
        self._continue_expected = False

    @property
    def held(self) -> int:
        """How many bytes are in memory here."""
        return len(self._buffer) + len(self._chunks)

    @property
    def under_way(self) -> bool:
        """Whether a request has begun and isn't whole yet."""
        return bool(self._buffer) or self._head is not None

    def receive(self, data: bytes) -> None:
        """Add bytes that have arrived."""
        self._buffer += data

    def take(self) -> Request | None:
        """Return the next whole request, or None while bytes are missing.

        Raises `RequestError` for a request that is too large, malformed or ambiguous; nothing more
        can be read then.
        """
        if self._head is None:
            self._head = self._read_head()
        if self._head is None:
            return None
        body = self._read_chunks() if self._head.chunked else self._cut(self._head.length)
        if body is None:
            return None
        self._continue_expected = False
        head, self._head = self._head, None
        path, _, query = head.target.partition("?")
        if "%" in path:
            path = "".join(
                part if _ENCODED_SLASH.fullmatch(part) else unquote(part)
                for part in _ENCODED_SLASH.split(path)
            )
        return Request(head.method, path, query, head.headers, body, self._sender)

    def must_continue(self) -> bool:
        """Return True, once, if the client waits for `100 Continue` before sending its body."""
        expected, self._continue_expected = self._continue_expected, False
        return expected

    def _read_head(self) -> _RequestHead | None:
        while self._buffer.startswith(b"\r\n"):  # some clients end a body with one line too many
            del self._buffer[:2]
        end = self._buffer.find(b"\r\n\r\n", self._searched)
        if (len(self._buffer) if end < 0 else end) > self._max_header_bytes:
            raise RequestError(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                f"Les en-têtes de la requête dépassent {self._max_header_bytes} octets.",
            )
        if end < 0:
            self._searched = max(0, len(self._buffer) - 3)
            return None
        sent = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        self._searched = 0
        # A client that keeps its connection mostly sends the same head again.
        if self._last_head is not None and self._last_head[0] == sent:
            head = self._last_head[1]
        else:
            head = self._understand(*sent.split(b"\r\n"))
            self._last_head = (sent, head) if len(sent) <= _HEAD_KEPT else None
        self.keeps, self.is_http_1_0 = head.keeps, head.is_http_1_0
        self._continue_expected = head.continue_expected
        return head

    def _understand(self, request_line: bytes, *lines: bytes) -> _RequestHead:
        method, target, is_http_1_0 = _read_request_line(request_line)
        headers: dict[str, str] = {}
        lengths: set[bytes] = set()
        encodings: list[bytes] = []
        continue_expected = False
        for line in lines:
            name, colon, value = line.partition(b":")
            value = value.strip(b" \t")
            if not colon or not _TOKEN.fullmatch(name) or _CONTROL.search(value):
                raise _malformed("un en-tête est mal formé")
            match name.lower():
                case b"content-length":
                    lengths.add(value)
                case b"transfer-encoding":
                    encodings.append(value.lower())
                case b"expect":
                    continue_expected |= _expects_continue(value)
                case folded:
                    key, text = folded.decode("ascii"), value.decode("latin-1")
                    headers[key] = f"{headers[key]}, {text}" if key in headers else text
        if encodings and encodings != [b"chunked"]:
            raise RequestError(
                HTTPStatus.NOT_IMPLEMENTED,
                "Seul l'encodage de transfert « chunked » est pris en charge.",
            )
        if len(lengths) > 1 or (lengths and encodings):
            raise _malformed("la longueur du corps est annoncée de deux façons")
        length = next(iter(lengths), b"0")
        if not _DIGITS.fullmatch(length):
            raise _malformed("Content-Length n'est pas un nombre")
        if int(length) > self._max_body_bytes:
            raise self._body_too_large()
        wishes = {wish.strip() for wish in headers.get("connection", "").lower().split(",")}
        keeps = "keep-alive" in wishes if is_http_1_0 else "close" not in wishes
        framed = int(length), bool(encodings)
        return _RequestHead(method, target, headers, *framed, keeps, is_http_1_0, continue_expected)

    def _read_chunks(self) -> bytes | None:
        while not self._last_chunk_seen:
            end = self._end_of_line()
            if end is None:
                return None
            size = _CHUNK_SIZE.fullmatch(self._buffer, 0, end)
            if size is None:
                raise _malformed("la taille d'un morceau (chunk) est illisible")
            count = int(size[1], 16)
            if len(self._chunks) + count > self._max_body_bytes:
                raise self._body_too_large()
            if count == 0:
                del self._buffer[: end + 2]
                self._last_chunk_seen = True
            elif len(self._buffer) < end + 2 + count + 2:
                return None
            else:
                del self._buffer[: end + 2]
                self._chunks += self._cut(count) or b""
                if self._cut(2) != b"\r\n":
                    raise _malformed("un morceau (chunk) ne finit pas où il le dit")
        return self._read_trailers()

    def _read_trailers(self) -> bytes | None:
        """Skip what follows the last chunk, up to the empty line; nothing in it is used."""
        while (end := self._end_of_line()) is not None:
            del self._buffer[: end + 2]
            if end == 0:
                body = bytes(self._chunks)
                self._chunks.clear()
                self._last_chunk_seen = False
                return body
        return None

    def _end_of_line(self) -> int | None:
        end = self._buffer.find(b"\r\n", 0, _MAX_CHUNK_LINE)
        if end < 0 and len(self._buffer) >= _MAX_CHUNK_LINE:
            raise _malformed("une ligne de l'encodage chunked est trop longue")
        return end if end >= 0 else None

    def _cut(self, count: int) -> bytes | None:
        """Take so many bytes, once they are there."""
        if len(self._buffer) < count:
            return None
        piece = bytes(self._buffer[:count])
        del self._buffer[:count]
        return piece

    def _body_too_large(self) -> RequestError:
        return RequestError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"Le corps de la requête dépasse {self._max_body_bytes} octets.",
        )


def _expects_continue(value: bytes) -> bool:
    """Return whether the client waits for leave to go on: the one thing that RFC 9110 §10.1.1 has
    it expect. Raises `RequestError` for another one."""
    members = {member.strip(b" \t") for member in value.lower().split(b",")} - {b""}
    if members - {b"100-continue"}:
        raise RequestError(HTTPStatus.EXPECTATION_FAILED, "Expect n'admet que « 100-continue ».")
    return bool(members)


def _read_request_line(line: bytes) -> tuple[str, str, bool]:
    """Return the method, the target and whether the client speaks HTTP/1.0."""
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise _malformed("la première ligne n'est pas « MÉTHODE /chemin HTTP/1.1 »")
    method, target, major, minor = (part.decode("latin-1") for part in found.groups())
    if (major, minor) not in (("1", "0"), ("1", "1")):
        raise RequestError(
            HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Seul HTTP/1.1, ou 1.0, est pris en charge."
        )
    if not target.startswith("/") or target.startswith("//") or "#" in target:
        raise _malformed("son chemin doit commencer par un seul « / », sans adresse ni « # »")
    return method, target, minor == "0"


def _malformed(what: str) -> RequestError:
    return RequestError(HTTPStatus.BAD_REQUEST, f"Requête HTTP refusée : {what}.")
