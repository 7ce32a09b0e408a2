"""PostgreSQL is stopped under a simulator, locked, and comes back: what a SOAP client sees.

The server is one of the test's own, made by the programs of PostgreSQL: it can be stopped.
"""

import os
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import requests
from orders_kit import C5, NOW, TODAY, Orders
from running_simulator import RunningSimulator, start_simulator
from sqlalchemy import create_engine, text

from sge_sim.store.database import UNREACHABLE, Database

pytestmark = pytest.mark.postgresql

SOON = 5.0
OWNER = "nobody"
"""Who runs the server where the tests are run by root, whom PostgreSQL refuses."""


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL server of its own, in `folder`."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://sge@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        log = str(self.folder / "log.txt")
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-o", options, "-l", log)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._data))

    def make(self) -> None:
        options = ("-U", "sge", "--auth=trust", "-E", "UTF8", "--no-sync")
        self._run("initdb", "-D", str(self._data), *options)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [program_of(program), *arguments],
            cwd=self.folder,
            user=OWNER if os.getuid() == 0 else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # the server would keep a pipe open
            stderr=subprocess.DEVNULL,
            timeout=60,
        )
        assert done.returncode == 0, (program, arguments)


def program_of(name: str) -> str:
    """Return where a program of the server is; Debian keeps them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name)
    if program is None:
        pytest.skip(f"no {name} here: the server's programs are needed, on this machine")
    return program


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = Path("/tmp") / f"sge-sim-pg-{os.getpid()}"
    folder.mkdir(mode=0o700)
    if os.getuid() == 0:
        shutil.chown(folder, OWNER)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Cluster(folder, port)
    try:
        made.make()
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running(
    cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSimulator]:
    folder = tmp_path_factory.mktemp("stopped")
    options = ("--population-size", "0", "--now", NOW, "--workers", "2")
    with start_simulator(folder, "--database-url", cluster.url, *options) as simulator:
        yield simulator


class OrdersOfToday(Orders):
    """Orders whose date isn't asked of the administration, which has no database either."""

    @property
    def today(self) -> date:
        return TODAY


def ask(running: RunningSimulator, number: int) -> str:
    """Order (or read, one time in two); return the code of the fault, « accepted » otherwise."""
    orders = OrdersOfToday(running)
    began = time.monotonic()
    answer = orders.collecte(C5) if number % 2 else orders.services(C5)
    assert time.monotonic() - began < SOON
    return answer if isinstance(answer, str) else "accepted"


def test_a_stopped_server_is_told_in_soap_and_its_return_needs_no_restart(
    running: RunningSimulator, cluster: Cluster
) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(lambda _: ask(running, 0), range(16))) == {"accepted": 16}
        cluster.stop()
        told = Counter(pool.map(lambda number: ask(running, number), range(40)))
        assert told == {"SGT506": 20, "SGT500": 20}, "searching services doesn't list SGT506"
        refused = requests.get(running.ready["admin_url"] + "/api/clock", timeout=SOON)
        assert refused.status_code == 503
        assert "la base de données ne répond pas" in refused.json()["detail"]
        cluster.start()
        assert Counter(pool.map(lambda _: ask(running, 0), range(16))) == {"accepted": 16}
    assert ask(running, 1) == "accepted"
    assert running.admin("/health")["etat"] == "ok"
    log = (running.data_dir / "log.txt").read_text()
    assert "Traceback" not in log
    assert log.count("Le back-office attend") == 1
    recorded = Counter(one["code"] for one in running.admin("/api/journal", limit=1000))
    assert (recorded["SGT506"], recorded["SGT500"]) == (20, 20)


def test_an_order_that_waits_for_a_lock_is_told_so_soon(
    running: RunningSimulator, cluster: Cluster
) -> None:
    engine = create_engine(cluster.url)
    with engine.begin() as holder:
        holder.execute(text("SELECT numero FROM ecriture FOR UPDATE"))
        assert ask(running, 0) == "accepted"
        assert ask(running, 1) == "SGT506"
    engine.dispose()
    assert ask(running, 1) == "SGT570", "the curve that was ordered before"


def test_a_server_that_never_answers_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        database = Database(f"postgresql+psycopg://sge@127.0.0.1:{port}/sge", patience_seconds=2)
        began = time.monotonic()
        with pytest.raises(UNREACHABLE), database.reading():
            pass
        assert time.monotonic() - began < SOON
        database.dispose()
