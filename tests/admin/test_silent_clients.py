"""Clients of the administration that send, or read, too little: the others are answered, and the
silent are cut."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import pytest
import requests
from admin_kit import Room, control_room
from points_kit import json_lines, made_points

from sge_sim.admin import arrivals, followers
from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.transport import admin_server

CROWD = 60
"""More than the pool of the administration has threads."""
SOON_MS = 5_000
BODIES = ("POST /api/points", "POST /points", "POST /api/clock", "POST /clock", "GET /health")
KINDS = {"/api/points": "text/csv", "/points": "multipart/form-data; boundary=b"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with control_room(tmp_path_factory.mktemp("silent"), population_size=0) as opened:
        opened.ask("GET", "/health")
        yield opened


def connected(room: Room, demand: bytes) -> socket.socket:
    """Return a connection that has sent that."""
    client = socket.create_connection(("127.0.0.1", urlsplit(room.home).port or 0), timeout=30)
    client.sendall(demand)
    return client


def begun(room: Room, demand: str) -> socket.socket:
    """Return a connection that has sent a head, and nothing of a body."""
    kind = KINDS.get(demand.split()[1], "application/json")
    head = f"{demand} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
    return connected(room, f"{head}Content-Length: 100000\r\n\r\n".encode())


def is_cut(client: socket.socket, most: int = 100_000) -> bool:
    """Tell whether the connection ends, after so many bytes at most."""
    with suppress(ConnectionResetError):
        while piece := client.recv(65536):
            most -= len(piece)
    return most >= 0


@contextmanager
def crowd(room: Room, demand: str, size: int = CROWD) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(begun(room, demand)) for _ in range(size)]


def sent(room: Room, file: bytes | Iterator[bytes], query: str = "") -> requests.Response:
    headers = {"Content-Type": "application/x-ndjson"}
    return room.ask("POST", f"/api/points{query}", data=file, headers=headers)


@pytest.mark.parametrize("demand", BODIES)
def test_others_are_answered_beside_silent_bodies(room: Room, demand: str) -> None:
    point = b"".join(json_lines(made_points(1, first=BODIES.index(demand))))
    with crowd(room, demand):
        began = stopwatch()
        assert room.ask("GET", "/health").status_code == 200
        assert sent(room, point).status_code == 200
        assert elapsed_ms(began) < SOON_MS


@pytest.mark.parametrize("demand", BODIES)
def test_a_silent_body_is_refused_in_time(
    room: Room, demand: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert arrivals.PATIENCE_SECONDS < admin_server._PATIENCE_SECONDS < 30
    monkeypatch.setattr(arrivals, "PATIENCE_SECONDS", 0.3)
    with begun(room, demand) as client:
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408 "), answer
    assert "n'est pas arrivée".encode() in answer


def test_a_file_that_keeps_coming_takes_the_time_that_it_takes(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(arrivals, "LEAST_BYTES", 100)
    line = next(json_lines(made_points(1, first=50)))

    def slowly() -> Iterator[bytes]:
        for piece in (line, *[b" " * 200] * 6):
            yield piece
            time.sleep(0.3)

    began = stopwatch()
    taken = sent(room, slowly())
    assert elapsed_ms(began) > 1000
    assert (taken.status_code, taken.json()["nouveaux"]) == (200, 1)


@pytest.mark.parametrize("demand", ["POST /api/points", "POST /api/clock"])
def test_a_drip_is_no_file_and_no_demand(
    room: Room, demand: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE_SECONDS", 1.0)
    with begun(room, demand) as client:
        client.settimeout(0.1)
        until = time.monotonic() + 20
        answer = b""
        while not answer and time.monotonic() < until:
            client.sendall(b" ")
            with suppress(TimeoutError):
                answer = client.recv(12)
    assert answer == b"HTTP/1.1 408"


@pytest.mark.parametrize(
    "sent_first",
    [b"", b"GET /health HTTP/1.1\r\nHost: local", b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET"],
    ids=["nothing", "a part of a head", "a part of a second head"],
)
def test_a_head_that_never_ends_is_cut(
    room: Room, sent_first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_server, "_PATIENCE_SECONDS", 0.3)
    with connected(room, sent_first) as client:
        assert is_cut(client)


def test_an_answer_that_nobody_reads_is_cut(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin_server, "_PATIENCE_SECONDS", 0.3)
    size = len(room.ask("GET", "/openapi.json").content)
    asked = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(30)
        client.connect(("127.0.0.1", urlsplit(room.home).port or 0))
        client.sendall(asked * 60)
        time.sleep(1.5)  # it reads nothing
        assert is_cut(client, most=59 * size)


def test_the_client_who_is_waited_for_longest_gives_way(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_server, "_MOST_CLIENTS", 20)
    with crowd(room, "POST /api/points", 30) as clients:
        assert room.ask("GET", "/health").status_code == 200
        assert is_cut(clients[0])
        clients[-1].settimeout(0.2)
        with pytest.raises(TimeoutError):
            clients[-1].recv(1)


def test_an_import_that_finds_another_one_says_whose_at_once(room: Room) -> None:
    point = b"".join(json_lines(made_points(1, first=60)))
    with room.state.database.alone():
        began = stopwatch()
        refused = sent(room, point)
        assert elapsed_ms(began) < SOON_MS
        assert refused.status_code == 409
        assert "le processus" in refused.json()["detail"]
        tried = sent(room, point, "?essai=true")
        assert (tried.status_code, tried.json()["nouveaux"]) == (200, 1)
    assert sent(room, point).json()["nouveaux"] == 1


def test_of_a_crowd_of_followers_as_many_are_let_in_as_there_are_places(room: Room) -> None:
    ask = b"GET /journal/direct HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(room, ask)) for _ in range(CROWD)]
        statuses = [client.recv(12) for client in clients]
        assert statuses.count(b"HTTP/1.1 200") == followers.MOST
        assert statuses.count(b"HTTP/1.1 503") == CROWD - followers.MOST
        began = stopwatch()
        assert room.ask("GET", "/health").status_code == 200
        assert elapsed_ms(began) < SOON_MS
    status, until = b"", time.monotonic() + 20
    while status != b"HTTP/1.1 200" and time.monotonic() < until:
        with connected(room, ask) as client:
            status = client.recv(12)
    assert status == b"HTTP/1.1 200", "the places of those who are gone are free"
