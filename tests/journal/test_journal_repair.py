"""A simulator whose disk spoilt its journal: what `/health` and `sge-sim journal repair` tell."""

import json
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests
from held_lock import hold
from running_simulator import RunningSimulator, run_command, start_simulator

SECONDS = 15.0


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSimulator]:
    with start_simulator(tmp_path, "--population-size", "0") as simulator:
        yield simulator


def call(simulator: RunningSimulator) -> None:
    answer = simulator.session.get(f"{simulator.url}/RecherchePoint/v2.0?wsdl", timeout=30)
    assert answer.status_code == 200


def spool_of(simulator: RunningSimulator) -> Path:
    """Return the file of the worker: the one that its call made grow."""
    call(simulator)
    files = (simulator.data_dir / "journal-en-attente").glob("*.spool")
    return max(files, key=lambda file: file.stat().st_mtime_ns)


def wait_for(simulator: RunningSimulator, etat: str) -> None:
    until = time.monotonic() + SECONDS
    while (health := simulator.admin("/health"))["etat"] != etat:
        assert time.monotonic() < until, health
        time.sleep(0.1)


def paused(simulator: RunningSimulator) -> AbstractContextManager[None]:
    """Hold the journal's database, so that what comes waits in the spool."""
    return hold(simulator.data_dir / "journal.db")


def test_a_torn_record_is_told_until_it_is_acknowledged_and_nothing_stops(
    running: RunningSimulator,
) -> None:
    with paused(running):
        call(running)
        time.sleep(1.2)  # who stores it waits for the database: nobody reads what comes next
        file = spool_of(running)
        before = file.stat().st_size
        for _ in range(2):
            call(running)
        with file.open("r+b") as opened:
            opened.seek(before - 40)
            opened.write(bytes(150))
    for path in ("/", "/campaigns", "/points"):
        assert requests.get(running.ready["admin_url"] + path, timeout=30).status_code == 200
    wait_for(running, "pertes")
    assert running.admin("/health")["echanges_perdus"] == 2
    assert running.command("journal", "list").returncode == 0
    assert requests.post(running.ready["admin_url"] + "/api/snapshot", timeout=60).ok
    assert requests.post(running.ready["admin_url"] + "/api/reset", timeout=60).ok
    shown = running.command("journal", "repair")
    assert shown.returncode == 0, shown.stderr
    assert "abîmé" in shown.stdout
    assert "2 échanges manquent au journal." in shown.stdout
    assert "--acquitter" in shown.stdout
    listed = json.loads(running.command("journal", "repair", "--json").stdout)
    assert [(avarie["cause"], avarie["echanges"]) for avarie in listed] == [("abime", 1)] * 2
    assert all(avarie["octets"] > 0 for avarie in listed)
    assert running.admin("/health")["etat"] == "pertes"
    acknowledged = running.command("journal", "repair", "--acquitter")
    assert "Il en est pris acte." in acknowledged.stdout
    assert running.admin("/health")["etat"] == "ok"
    assert running.admin("/health")["echanges_perdus"] == 2


def test_health_is_red_while_nothing_can_be_stored(running: RunningSimulator) -> None:
    with paused(running):
        call(running)
        wait_for(running, "panne")
        assert "locked" in running.admin("/health")["panne"]
    wait_for(running, "ok")
    assert running.admin("/health")["panne"] is None


def test_health_is_red_when_a_file_of_the_spool_has_vanished(running: RunningSimulator) -> None:
    file = spool_of(running)
    running.admin("/api/journal", limit=1)
    file.unlink()
    wait_for(running, "pertes")
    time.sleep(1.1)  # its process looks once a second
    call(running)
    newest = running.admin("/api/journal", limit=1)[0]
    call(running)
    assert running.admin("/api/journal", limit=1)[0]["id"] > newest["id"]
    assert "fichier disparu" in running.command("journal", "repair", "--acquitter").stdout
    assert running.admin("/health")["etat"] == "ok"


def test_the_bound_holds_while_nothing_drains(tmp_path: Path) -> None:
    bound = 200_000
    options = ("--population-size", "0", "--journal-max-bytes", str(bound), "--workers", "2")
    with start_simulator(tmp_path, *options) as running:
        with paused(running):
            for number in range(400):
                if number % 20 == 0:
                    running.session.close()  # another connection, which any worker takes
                call(running)
            size = sum(
                file.stat().st_size
                for file in (tmp_path / "journal-en-attente").iterdir()
                if file.suffix == ".spool"
            )
            assert size <= bound
        wait_for(running, "pertes")
        assert running.admin("/health")["echanges_perdus"] > 0


def test_a_journal_that_is_whole_has_nothing_to_repair(running: RunningSimulator) -> None:
    call(running)
    shown = running.command("journal", "repair")
    assert shown.stdout == "0 échange manque au journal.\n"
    assert json.loads(running.command("journal", "repair", "--json").stdout) == []


def test_repair_wants_a_folder_of_a_simulator(tmp_path: Path) -> None:
    refused = run_command("journal", "repair", "--data-dir", str(tmp_path / "none"))
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "none").exists()
