"""The server's certificate is renewed while clients call: running processes take it up."""

import ssl
import threading
import time
from pathlib import Path

import pytest
from door_kit import connect, knock, knock_once
from running_simulator import RunningSimulator, kept_open, start_simulator

from sge_sim.transport.server import FileWatch

pytestmark = pytest.mark.xdist_group("door")

KEPT = "Rechargement refusé, le certificat en service est gardé."


two_workers = kept_open(start_simulator, "--workers", "2", "--population-size", "0")


def client_pem(simulator: RunningSimulator, path: Path) -> Path:
    key, chain = (Path(simulator.ready[name]) for name in ("client_key", "client_cert"))
    path.write_bytes(key.read_bytes() + chain.read_bytes())
    return path


def served(simulator: RunningSimulator, pem: Path) -> bytes:
    """The certificate that a new connection is shown."""
    connection = connect(simulator, pem)
    connection.connect()
    assert isinstance(connection.sock, ssl.SSLSocket)
    shown = connection.sock.getpeercert(True)
    connection.close()
    assert shown
    return shown


def test_a_renewal_under_load_fails_no_call(two_workers: RunningSimulator, tmp_path: Path) -> None:
    pem = client_pem(two_workers, tmp_path / "client.pem")
    before = served(two_workers, pem)
    kept = connect(two_workers, pem)
    assert knock(kept).status == 200
    stop = threading.Event()
    outcomes: list[object] = []

    def call() -> None:
        while not stop.is_set():
            try:
                outcomes.append(knock_once(two_workers, pem).status)
            except OSError as error:
                outcomes.append(error)
            time.sleep(0.02)

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    try:
        done = two_workers.command("cert", "renew-server")
        assert done.returncode == 0, done.stderr
        time.sleep(2.5)  # each process looks every second
    finally:
        stop.set()
        for caller in callers:
            caller.join(20)
    assert len(outcomes) > 20
    assert set(outcomes) == {200}
    shown = {served(two_workers, pem) for _ in range(12)}
    assert before not in shown
    assert len(shown) == 1
    assert knock(kept).status == 200
    kept.close()


def test_a_broken_file_leaves_the_certificate_in_service(
    two_workers: RunningSimulator, tmp_path: Path
) -> None:
    pem = client_pem(two_workers, tmp_path / "client.pem")
    before = served(two_workers, pem)
    log = two_workers.data_dir / "log.txt"
    identity = two_workers.data_dir / "pki" / "server" / "identity.pem"
    good = identity.read_bytes()
    refused = log.read_text().count(KEPT)
    identity.write_bytes(good[: len(good) // 2])
    try:
        deadline = time.monotonic() + 20
        while log.read_text().count(KEPT) < refused + 2:  # each process looks by itself
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert {served(two_workers, pem) for _ in range(12)} == {before}
    finally:
        identity.write_bytes(good)


def test_a_watch_sees_a_file_replaced_removed_and_put_back(tmp_path: Path) -> None:
    path = tmp_path / "identity.pem"
    path.write_text("one")
    watch = FileWatch([path])
    assert not watch.changed()
    path.write_text("three")
    assert watch.changed()
    assert not watch.changed()
    path.unlink()
    assert watch.changed()
    path.write_text("back")
    assert watch.changed()
