"""The load driver where no C compiler is: the arguments and the output of `driver.c`."""

import socket
import ssl
import statistics
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Drive, print one line."""
    host, port, cert, key, file, connections, seconds, how = arguments
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # this machine alone
    context.load_cert_chain(cert, key)
    messages = _messages(Path(file).read_bytes())
    latencies: list[float] = []
    errors: list[Exception] = []
    started = time.perf_counter()
    ends_at = started + float(seconds)

    def work(first: int, last: int) -> None:
        tls: ssl.SSLSocket | None = None
        turn = first
        while turn < last if how == "once" else time.perf_counter() < ends_at:
            turn += 1
            called = time.perf_counter()
            try:
                if tls is None:
                    tls = context.wrap_socket(socket.create_connection((host, int(port))))
                    tls.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                tls.sendall(messages[(turn - 1) % len(messages)])
                _read_answer(tls)
            except OSError as error:
                errors.append(error)
                tls = None
                continue
            latencies.append((time.perf_counter() - called) * 1000)
            if how == "new":
                tls.close()
                tls = None

    count = int(connections)
    bounds = [i * len(messages) // count for i in range(count + 1)]
    threads = [threading.Thread(target=work, args=part) for part in pairwise(bounds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.perf_counter() - started
    p99 = statistics.quantiles(latencies, n=100)[98] if len(latencies) > 1 else 0.0
    p50 = statistics.median(latencies) if latencies else 0.0
    print(len(latencies), len(errors), round(lasted, 3), round(p50, 3), round(p99, 3))


def _messages(content: bytes) -> list[bytes]:
    messages = []
    while content:
        length, _, content = content.partition(b"\n")
        messages.append(content[: int(length)])
        content = content[int(length) :]
    return messages


def _read_answer(tls: ssl.SSLSocket) -> None:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(tls)
    head, _, rest = received.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise OSError(head[:80])
    sized = head.lower().partition(b"content-length:")[2]
    if not sized:
        while not rest.endswith(b"0\r\n\r\n"):
            rest = rest[-16:] + _some(tls)
        return
    missing = int(sized.split(b"\r\n")[0]) - len(rest)
    while missing > 0:
        missing -= len(_some(tls))


def _some(tls: ssl.SSLSocket) -> bytes:
    received = tls.recv(65536)
    if not received:
        raise OSError("the server closed the connection")
    return received


if __name__ == "__main__":
    main(sys.argv[1:])
