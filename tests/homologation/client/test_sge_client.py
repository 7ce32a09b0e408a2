"""What the client reads of a server is bounded."""

import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sge_sim.homologation.client.bounded_session import AnswerTooLongError
from sge_sim.homologation.client.sge_client import Cible, open_https_session


class _Flood(BaseHTTPRequestHandler):
    """Answers without an end, or sends the client on to such an answer."""

    def do_GET(self) -> None:
        if self.path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")
            return
        self.send_response(302 if self.path == "/redirected" else 200)
        self.send_header("Location", "/flood")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 2**20)
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def flooding() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Flood)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_that_floods_is_left_after_32_mib(flooding: str) -> None:
    cible = Cible(flooding, Path("none"), Path("none"), "moi@exemple.fr", "1")
    with open_https_session(cible) as session:
        session.cert = None
        assert session.get(f"{flooding}/short", timeout=10).text == "ok"
        tracemalloc.start()
        for path in ("/flood", "/redirected"):
            with pytest.raises(AnswerTooLongError, match="32 Mio"):
                session.get(flooding + path, timeout=10)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 100 * 2**20
