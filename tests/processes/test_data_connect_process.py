"""Data Connect's door has the rules of the web services'."""

import json
import socket
import ssl
from collections.abc import Iterator
from functools import partial
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from made_states import copy_state
from waiting import serving

from sge_sim.processes import data_connect_process
from sge_sim.processes.simulator import open_simulator
from sge_sim.settings import Settings
from sge_sim.transport.listener import Limits, bind_loopback

LARGEST = 50_000


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The port of Data Connect, served in a thread that waits a second for a request."""
    data_dir = tmp_path_factory.mktemp("state")
    given = {"population_size": 0, "max_body_bytes": LARGEST}
    copy_state(data_dir, given)
    simulator = open_simulator(Settings(data_dir=data_dir, **given))
    with pytest.MonkeyPatch.context() as patch, bind_loopback("127.0.0.1", 0) as listening:
        patch.setattr(data_connect_process, "Limits", partial(Limits, request_seconds=1.0))
        port = listening.getsockname()[1]
        with serving(data_connect_process.data_connect_server(simulator, listening)):
            yield port, ssl.create_default_context(cafile=authority_of(data_dir))
    simulator.close()


def authority_of(data_dir: Path) -> str:
    return str(data_dir / "pki" / "server" / "authority.pem")


def test_a_request_that_does_not_come_whole_is_answered_408(door: tuple[int, ssl.SSLContext]):
    port, context = door
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        tls.sendall(b"POST /oauth2/v3/token HTTP/1.1\r\nHost: a\r\nX-Pad")
        answer = b"".join(iter(lambda: tls.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_call_is_answered_on_a_connection_that_is_kept(door: tuple[int, ssl.SSLContext]):
    port, context = door
    connection = HTTPSConnection("localhost", port, context=context, timeout=10)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/mesure_synchrone_auto/v2/consommation_quotidienne")
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == 401
        assert answer.headers["Content-Type"] == "application/json"
        assert (method == "HEAD") == (content == b"")
        assert method == "HEAD" or json.loads(content)["code"] == "900902"
    connection.request("POST", "/oauth2/v3/token", b"a" * (LARGEST + 1))
    assert connection.getresponse().status == 413
    connection.close()
