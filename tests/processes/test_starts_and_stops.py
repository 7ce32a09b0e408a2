"""A second start waits for the first; a simulator that stops says so; what waits is made once."""

import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from loaded_programs import start_module
from running_simulator import START_SECONDS, RunningSimulator, start_simulator
from waiting import eventually

from sge_sim.facts.database import Database, sqlite_url

pytestmark = pytest.mark.assumed("how simulators of one state follow one another is ours")


def test_a_second_start_waits_for_the_first_and_says_so(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    ready = tmp_path / "ready.json"
    serve = ("serve", "--data-dir", str(tmp_path), "--population-size", "0")
    options = ("--port", "0", "--admin-port", "0", "--ready-file", str(ready))
    log = tmp_path / "log.txt"
    with log.open("w") as said:
        with database.starting(lambda: None):
            second = start_module("sge_sim", (*serve, *options), said, said)
            waits = "un autre simulateur prépare cet état"
            eventually(lambda: second.poll() is not None or waits in log.read_text(), START_SECONDS)
            assert second.poll() is None
            assert not ready.exists()
        eventually(lambda: second.poll() is not None or ready.exists(), START_SECONDS)
        assert second.poll() is None, log.read_text()
    second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
    database.dispose()


def test_one_that_stops_finishes_what_it_has_and_says_that_it_stops(tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--population-size", "0") as simulator:
        assert simulator.admin("/health")["service"] == "pret"
        slow = hold_a_call(simulator)
        simulator.process.send_signal(signal.SIGTERM)
        eventually(lambda: simulator.ask("GET", "/health").status_code != 200)
        health = simulator.ask("GET", "/health")
        assert (health.status_code, health.json()["service"]) == (503, "arret")
        eventually(lambda: not lets_in(simulator))  # until each process has been told
        assert slow.communicate(timeout=15)[0].endswith("\n500")
        assert simulator.process.wait(15) == 0


def lets_in(simulator: RunningSimulator) -> bool:
    """Tell whether the port of the services takes a connection."""
    try:
        socket.create_connection(("localhost", urlsplit(simulator.url).port), 5).close()
    except (ConnectionRefusedError, ConnectionResetError):  # reset: closed as it was let in
        return False
    return True


def hold_a_call(simulator: RunningSimulator) -> "subprocess.Popen[str]":
    """Have a call answered two seconds late; return who waits for it, once it is under way."""
    panne = {"sorte": "latence", "secondes": 2, "au": 1}
    plan = simulator.ask("POST", "/api/pannes", json=panne)
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
    eventually(lambda: simulator.admin("/api/pannes")[0]["appels"])
    return caller
