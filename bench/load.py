"""The load driver, in a process of its own: raw sockets that send the same bytes again and again.

It parses nothing but the length of the answers, so that it isn't what is measured.
"""

import json
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bench.calls import PATH, request
from sge_sim.clock import elapsed_ms, stopwatch

CONNECTIONS = 4


def rate(target: Mapping[str, Any], seconds: float) -> float:
    """Return how many calls a second `target` (a ready file's content) answers."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", json.dumps({**target, "seconds": seconds})],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return float(done.stdout)


def drive(target: Mapping[str, Any]) -> float:
    """Call over keep-alive connections for some seconds; return the calls per second."""
    counts: list[int] = []
    started = stopwatch()
    threads = [
        threading.Thread(target=lambda: counts.append(_calls(target))) for _ in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CONNECTIONS
    return sum(counts) / elapsed_ms(started) * 1000


def _calls(target: Mapping[str, Any]) -> int:
    url = urlsplit(target["b2b_url"])
    context = ssl.create_default_context(cafile=target["ca_file"])
    context.load_cert_chain(target["client_cert"], target["client_key"])
    body = request()
    message = (
        f"POST {PATH} HTTP/1.1\r\nHost: {url.hostname}:{url.port}\r\n"
        f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    calls, started = 0, stopwatch()
    with (
        socket.create_connection((url.hostname, url.port)) as plain,
        context.wrap_socket(plain, server_hostname=url.hostname) as tls,
    ):
        tls.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while elapsed_ms(started) < target["seconds"] * 1000:
            tls.sendall(message)
            _read_answer(tls)
            calls += 1
    return calls


def _read_answer(tls: ssl.SSLSocket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(tls)
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    missing = length - len(rest)
    while missing > 0:
        missing -= len(_some(tls))


def _some(tls: ssl.SSLSocket) -> bytes:
    received = tls.recv(65536)
    assert received, "the server closed the connection"
    return received


if __name__ == "__main__":
    print(drive(json.loads(sys.argv[1])))
