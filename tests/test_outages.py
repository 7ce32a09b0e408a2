"""The machine lets the simulator down: a lock, a full disk, no descriptor left.

A client that asked in SOAP is answered in SOAP, soon, and all is well again once the trouble is
over, without a restart.
"""

import resource
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from catalogue_requests import RELEASE, path_of, request_of
from held_lock import hold
from lxml import etree
from running_simulator import XML, RunningSimulator, kept_open, processes_of, start_simulator

SOON = 5.0
OPTIONS = ("--population-size", "0", "--now", RELEASE.reference.isoformat())
ORDER = next(case for case in RELEASE.cas if case.service == "CommandeCollectePublicationMesures")
READING = next(
    case for case in RELEASE.cas if case.service == "ConsultationDonneesTechniquesContractuelles"
)
MIB = 1024 * 1024


running = kept_open(start_simulator, *OPTIONS, scope="function")


def ask(
    simulator: RunningSimulator, case: object = ORDER, session: requests.Session | None = None
) -> str | None:
    """Send a case; return the code of its fault, None for a success."""
    assert not isinstance(case, str)
    envelope = request_of(case, simulator.login, simulator.ready["contrat_id"])
    began = time.monotonic()
    url, message = simulator.url + path_of(case), etree.tostring(envelope)
    answer = (session or simulator.session).post(url, message, headers=XML, timeout=30)
    assert time.monotonic() - began < SOON
    result = etree.fromstring(answer.content).find(".//detail/*/resultat")
    assert (answer.status_code, result is None) in ((200, True), (500, False)), answer.content
    return None if result is None else result.get("code")


def log_of(simulator: RunningSimulator) -> str:
    return (simulator.data_dir / "log.txt").read_text()


def test_while_another_holds_the_lock_orders_are_refused_and_reading_goes_on(
    running: RunningSimulator,
) -> None:
    with hold(running.data_dir / "sge-sim.db"):
        assert ask(running, READING) is None
        assert ask(running) == "SGT506"
    assert ask(running) is None
    log = log_of(running)
    assert log.count("ne peut pas répondre : la base de données ne répond pas") == 1
    assert "Traceback" not in log
    health = running.admin("/health")
    assert (health["etat"], health["echanges_perdus"]) == ("ok", 0)
    codes = [one["code"] for one in running.admin("/api/journal", limit=3)]
    assert "SGT506" in codes, "the journal stands apart from the state that was locked"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a small file system; the test is skipped where one can't."""
    folder.mkdir()
    options = ("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs")
    mounted = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no byte in `folder`; return the file that took them."""
    filling = folder / "filling"
    with filling.open("wb", buffering=0) as file:
        for size in (MIB, 4096, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    return filling


def test_on_a_full_disk_orders_are_refused_and_reading_goes_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 64) as disk, start_simulator(disk, *OPTIONS) as running:
        assert ask(running, READING) is None
        filling = fill(disk)
        for _ in range(20):  # what is left of pages in the files is soon used up
            ask(running, READING)
        assert ask(running) == "SGT506"
        assert ask(running, READING) is None
        health = requests.get(running.ready["admin_url"] + "/health", timeout=10)
        assert health.status_code == 503 or health.json()["etat"] in ("panne", "pertes")
        filling.unlink()
        assert ask(running) is None
        recorded = running.admin("/api/journal", limit=1)[0]
        assert recorded["service"] == ORDER.service


def test_without_a_descriptor_left_a_client_is_answered_in_soap(running: RunningSimulator) -> None:
    sessions = [running.session_of("tiers") for _ in range(8)]
    for session in sessions:
        assert session.get(f"{running.url}{path_of(ORDER)}?wsdl", timeout=10).status_code == 200
    _, *processes = processes_of(running.process.pid)
    before = {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in processes}
    for pid in processes:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (10, before[pid][1]))
    with ThreadPoolExecutor(len(sessions)) as pool:
        codes = set(pool.map(lambda one: ask(running, READING, one), sessions))
    assert codes <= {None, "SGT500", "SGT506"}
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
    with ThreadPoolExecutor(len(sessions)) as pool:
        assert set(pool.map(lambda one: ask(running, READING, one), sessions)) == {None}
