"""Where a request ends, whatever the pieces it arrives in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.transport.framing import RequestError, RequestReader
from sge_sim.transport.message import Request, Sender

HEAD = b"POST /AdamPoint/v1.0 HTTP/1.1\r\nHost: sge\r\n"
SENDER = Sender(b"certificat", (), "192.0.2.1")


def reader() -> RequestReader:
    return RequestReader(SENDER, max_header_bytes=1_000, max_body_bytes=5_000)


def whole(body: bytes) -> Request:
    return Request("POST", "/AdamPoint/v1.0", "", {"host": "sge"}, body, SENDER)


def read(data: bytes) -> Request | None:
    framing = reader()
    framing.receive(data)
    return framing.take()


def chunked(*pieces: bytes) -> bytes:
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body


def sized(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=5), st.data())
def test_chunks_become_a_body_of_known_length_however_they_are_cut(pieces, data):
    stream = chunked(*pieces)
    framing = reader()
    taken = []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        framing.receive(stream[:cut])
        stream = stream[cut:]
        taken.append(framing.take())
    assert taken[-1] == whole(b"".join(pieces))
    assert not any(taken[:-1])
    assert framing.held == 0
    assert not framing.under_way


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4), st.integers(1, 50))
def test_requests_sent_ahead_come_out_one_by_one(bodies, step):
    stream = b"".join(sized(body) for body in bodies)
    framing = reader()
    taken = []
    for start in range(0, len(stream), step):
        framing.receive(stream[start : start + step])
        while (request := framing.take()) is not None:
            taken.append(request)
    assert taken == [whole(body) for body in bodies]


def test_a_request_without_body_ends_with_its_head():
    taken = read(b"GET /x?wsdl HTTP/1.1\r\nHost: a\r\n\r\n")
    assert taken == Request("GET", "/x", "wsdl", {"host": "a"}, b"", SENDER)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n" + sized(b"ok"),
        *(
            chunked(b"ok").replace(b"chunked", encoding)
            for encoding in (b"CHUNKED", b"Chunked", b" chunked ")
        ),
        chunked(b"ok").replace(b"2\r\n", b"2;name=value\r\n", 1)[:-2] + b"X-Checksum: 1\r\n\r\n",
    ],
    ids=["empty lines before", "capitals", "a capital", "spaces", "extension and trailer"],
)
def test_what_changes_nothing_is_skipped_or_dropped(request_bytes: bytes) -> None:
    assert read(request_bytes) == whole(b"ok")


def test_a_request_is_under_way_from_its_first_byte_to_its_last():
    framing = reader()
    assert not framing.under_way
    framing.receive(HEAD + b"Content-Length: 2\r\n\r\n")
    assert framing.take() is None
    assert framing.under_way
    framing.receive(b"ok")
    assert framing.take()
    assert not framing.under_way


@pytest.mark.parametrize(
    "expect",
    [
        b"Expect: 100-Continue\r\n",
        b"Expect: 100-continue, 100-continue\r\n",
        b"Expect: 100-continue\r\nExpect: 100-Continue\r\n",
        b"Expect: ,100-continue\r\n",
    ],
)
def test_expect_is_told_once_and_kept_from_the_application(expect: bytes) -> None:
    framing = reader()
    framing.receive(HEAD + expect + b"Content-Length: 2\r\n\r\n")
    assert framing.take() is None
    assert framing.must_continue()
    assert not framing.must_continue()
    framing.receive(b"ok")
    assert framing.take() == whole(b"ok")


def test_the_same_head_again_says_the_same_again_and_another_head_another_thing():
    """What was understood of a head is kept for the next request of its connection."""
    framing = reader()
    expecting = HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    closing = HEAD + b"Connection: close\r\nContent-Length: 3\r\n\r\n"
    for head, body, waits, keeps in (
        (expecting, b"ok", True, True),
        (expecting, b"no", True, True),
        (closing, b"yes", False, False),
        (closing, b"end", False, False),
        (expecting, b"ok", True, True),
    ):
        framing.receive(head)
        assert framing.take() is None
        assert framing.must_continue() is waits
        assert framing.keeps is keeps
        framing.receive(body)
        assert framing.take().body == body


def test_a_body_already_there_needs_no_continue():
    framing = reader()
    framing.receive(HEAD + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok")
    assert framing.take() == whole(b"ok")
    assert not framing.must_continue()


def test_a_header_that_repeats_is_joined_and_one_with_an_underscore_passes_for_no_other():
    taken = read(b"GET / HTTP/1.1\r\nAccept: a\r\nACCEPT:b \r\n\r\n")
    assert taken.headers == {"accept": "a, b"}
    taken = read(sized(b"ok").replace(b"Host: sge", b"Content_Length: 900"))
    assert taken.body == b"ok"
    assert "content-length" not in taken.headers


@pytest.mark.parametrize(
    ("lines", "keeps"),
    [
        (b"GET / HTTP/1.1", True),
        (b"GET / HTTP/1.1\r\nConnection: Close", False),
        (b"GET / HTTP/1.1\r\nConnection: TE, close", False),
        (b"GET / HTTP/1.0", False),
        (b"GET / HTTP/1.0\r\nConnection: Keep-Alive", True),
    ],
)
def test_a_connection_is_kept_as_its_client_wants(lines, keeps):
    framing = reader()
    framing.receive(lines + b"\r\n\r\n")
    assert framing.take()
    assert framing.keeps is keeps


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/a%20b%C3%A9", "/a bé", ""),
        (b"/a%2Fb%2fc?d=%20?", "/a%2Fb%2fc", "d=%20?"),
        (b"/a%252Fb", "/a%2Fb", ""),
    ],
)
def test_the_path_is_decoded_but_for_an_encoded_slash(target, path, query):
    taken = read(b"GET " + target + b" HTTP/1.1\r\n\r\n")
    assert (taken.path, taken.query) == (path, query)


@pytest.mark.parametrize(
    ("status", "request_bytes"),
    [
        (400, b"GET /\r\n\r\n"),
        (400, b"get / HTTP/1.1\r\n\r\n"),
        (400, b"GET  / HTTP/1.1\r\n\r\n"),
        (400, b"GET / HTTP/1.x\r\n\r\n"),
        (400, b"GET https://sge/ HTTP/1.1\r\n\r\n"),
        (400, b"GET //sge/ HTTP/1.1\r\n\r\n"),
        (400, b"CONNECT sge:443 HTTP/1.1\r\n\r\n"),
        (400, b"GET /#a HTTP/1.1\r\n\r\n"),
        (505, b"GET / HTTP/0.9\r\n\r\n"),
        (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        (400, HEAD + b"X: a\0b\r\n\r\n"),
        (413, HEAD + b"X: " + b"a" * 1_000),
        (413, HEAD + b"X: " + b"a" * 1_000 + b"\r\n\r\n"),
        (413, HEAD + b"Content-Length: 5001\r\n\r\n"),
        (413, HEAD + b"Transfer-Encoding: chunked\r\n\r\n1389\r\n"),
        (413, chunked(b"a" * 3_000, b"a" * 2_001)),
        (501, HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n"),
        (501, HEAD + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        (400, HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"),
        (400, HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n"),
        (400, HEAD + b"Content-Length: -2\r\n\r\n"),
        (400, HEAD + b"Content-Length: 2, 2\r\n\r\n"),
        (400, HEAD + b"Content-Length : 2\r\n\r\n"),
        (400, HEAD + b" folded: 2\r\n\r\n"),
        (400, HEAD + b"no colon\r\n\r\n"),
        (400, HEAD + b"X: a\nContent-Length: 2\r\n\r\n"),
        (400, HEAD.replace(b"sge", b"s\x01ge") + b"\r\n"),
        (400, HEAD.replace(b"sge", b"s\x7fge") + b"\r\n"),
        (400, HEAD.replace(b"Point", b"\x1bPoint") + b"\r\n"),
        (417, HEAD + b"Expect: 100-continue, other\r\nContent-Length: 2\r\n\r\n"),
        (417, HEAD + b"Expect: other\r\nContent-Length: 2\r\n\r\n"),
        (400, HEAD + b"Transfer-Encoding: chunked\r\n\r\n-2\r\n"),
        (400, HEAD + b"Transfer-Encoding: chunked\r\n\r\n0x2\r\n"),
        (400, HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nok!\r\n"),
        (400, HEAD + b"Transfer-Encoding: chunked\r\n\r\n2;" + b"a" * 1_100),
    ],
)
def test_what_is_too_large_or_ambiguous_is_refused(status, request_bytes):
    with pytest.raises(RequestError) as refusal:
        read(request_bytes)
    assert refusal.value.status == status
    assert refusal.value.sentence.endswith(".")


def test_a_body_as_large_as_allowed_passes():
    assert read(sized(b"a" * 5_000)) == whole(b"a" * 5_000)
    assert read(chunked(b"a" * 5_000)) == whole(b"a" * 5_000)
