"""A second start waits for the first; a simulator that stops says so; what waits is made once."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from running_simulator import RunningSimulator, start_simulator

from sge_sim.facts.database import Database, sqlite_url

pytestmark = pytest.mark.assumed("how simulators of one state follow one another is ours")


def test_a_second_start_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    ready = tmp_path / "ready.json"
    command = [
        *(sys.executable, "-m", "sge_sim", "serve", "--data-dir", str(tmp_path)),
        *("--port", "0", "--admin-port", "0", "--ready-file", str(ready)),
        *("--population-size", "0"),
    ]
    with database.starting(lambda: None):
        second = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        try:
            assert second.stderr is not None
            told = second.stderr.readline()
            assert "un autre simulateur prépare cet état" in told
            assert not ready.exists()
        except BaseException:
            second.kill()
            raise
    try:
        deadline = time.monotonic() + 30
        while not ready.exists():
            assert second.poll() is None, second.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=20)
    assert second.returncode == 0
    database.dispose()


def test_one_that_stops_finishes_what_it_has_and_says_that_it_stops(tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--population-size", "0") as simulator:
        assert simulator.admin("/health")["service"] == "pret"
        slow = hold_a_call(simulator)
        simulator.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 10
        while (health := read_health(simulator)).status_code == 200:
            assert time.monotonic() < deadline
        assert (health.status_code, health.json()["service"]) == (503, "arret")
        while lets_in(simulator):  # until each process has been told
            assert time.monotonic() < deadline
        assert slow.communicate(timeout=15)[0].endswith("\n500")
        assert simulator.process.wait(15) == 0


def lets_in(simulator: RunningSimulator) -> bool:
    """Tell whether the port of the services takes a connection."""
    try:
        socket.create_connection(("localhost", urlsplit(simulator.url).port), 5).close()
    except (ConnectionRefusedError, ConnectionResetError):  # reset: closed as it was let in
        return False
    return True


def read_health(simulator: RunningSimulator) -> requests.Response:
    return requests.get(simulator.ready["admin_url"] + "/health", timeout=5)


def hold_a_call(simulator: RunningSimulator) -> "subprocess.Popen[str]":
    """Have a call answered two seconds late; return who waits for it, once it is under way."""
    panne = {"sorte": "latence", "secondes": 2, "au": 1}
    plan = requests.post(simulator.ready["admin_url"] + "/api/pannes", json=panne, timeout=10)
    assert plan.status_code == 201, plan.text
    ready = simulator.ready
    caller = subprocess.Popen(
        [
            *("curl", "-sS", "--noproxy", "*", "-o", "-", "-w", "\n%{http_code}"),
            *("--cacert", ready["ca_file"], "--cert", ready["client_cert"]),
            *("--key", ready["client_key"], "-H", "Content-Type: text/xml"),
            *("-d", "<vide/>", simulator.url + "/RecherchePoint/v2.0"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 10
    while not simulator.admin("/api/pannes")[0]["appels"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return caller
