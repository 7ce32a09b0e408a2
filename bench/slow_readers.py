"""Clients that ask and don't read, and what the others then wait.

Fifty clients ask for a contract again and again without reading (`silent`), or read the answer
byte by byte (`drip`); meanwhile good clients call on kept and on new connections.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from bench.load import Driver, Load

CLIENTS = 50
_PIPELINED = 40
_GOOD = 4
Manner = Literal["silent", "drip"]
MANNERS: tuple[Manner, ...] = get_args(Manner)


@contextmanager
def slow_readers(target: Mapping[str, Any], path: str, manner: Manner) -> Iterator[None]:
    """Keep `CLIENTS` slow clients busy on the contract of `path` in the block."""
    url = urlsplit(target["b2b_url"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # this machine alone
    context.load_cert_chain(target["client_cert"], target["client_key"])
    request = f"GET {path}?wsdl HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode()
    over = threading.Event()

    def read_slowly() -> None:
        while not over.is_set():
            try:
                plain = socket.create_connection(("127.0.0.1", url.port or 0), timeout=30)
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                with context.wrap_socket(plain) as tls:
                    tls.settimeout(1)
                    tls.sendall(request * (_PIPELINED if manner == "silent" else 1))
                    while not over.wait(0.05 if manner == "drip" else 0.5):
                        if manner == "drip":
                            tls.recv(1)
            except OSError:
                over.wait(0.2)  # cut off by the server, as it should be: come again

    threads = [threading.Thread(target=read_slowly, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    time.sleep(2)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(5)


def others(
    driver: Driver, target: Mapping[str, Any], messages: Sequence[bytes], seconds: float
) -> tuple[Load, Load]:
    """Return what good clients see, on kept connections and on new ones."""
    return (
        driver.run(target, messages, seconds, connections=_GOOD),
        driver.run(target, messages, seconds, connections=_GOOD, how="new"),
    )
