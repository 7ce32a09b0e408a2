"""A simulator in a process of its own, as a user starts it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import requests
from loaded_programs import Program, run_module, start_module
from made_states import copy_state, settings_of
from requests.adapters import HTTPAdapter

START_SECONDS = 120
"""Until a start is a failure: a cold one on a busy machine takes a minute."""
XML = {"Content-Type": "text/xml; charset=utf-8"}
_CONNECTIONS = HTTPAdapter()


@dataclass
class RunningSimulator:
    """What a test needs of a simulator that runs."""

    ready: Mapping[str, Any]
    data_dir: Path
    process: subprocess.Popen[str] | Program | None = None
    """None where this process serves."""

    @property
    def url(self) -> str:
        return str(self.ready["b2b_url"])

    @property
    def login(self) -> str:
        return str(self.ready["login"])

    @property
    def home(self) -> str:
        """Where its administration is."""
        return str(self.ready["admin_url"])

    @cached_property
    def session(self) -> requests.Session:
        """A session as the default tiers."""
        return self.session_of("tiers")

    def session_of(self, kind: str) -> requests.Session:
        """A session as a default actor."""
        actor = self.ready["acteurs"][kind]
        session = requests.Session()
        session.trust_env = False  # REQUESTS_CA_BUNDLE would prevail over `verify`
        session.verify = self.ready["ca_file"]
        session.cert = (actor["client_cert"], actor["client_key"])
        return session

    def second_client(self, folder: Path) -> tuple[Path, requests.Session]:
        """Another certificate of the default tiers, made in `folder`, and a session that presents
        it."""
        name = f"{folder.name}.example.fr"
        self.printed("cert", "issue", "--autorite", "gandi", "--nom", name, "--sortie", str(folder))
        chain = folder / "chain.pem"
        self.printed("cert", "register", str(chain), "--acteur", "TIERS1")
        session = self.session_of("tiers")
        session.cert = (str(chain), str(folder / "key.pem"))
        return chain, session

    def post(self, path: str, message: str | bytes, **headers: str) -> requests.Response:
        """Send a SOAP message as the default tiers."""
        sent = XML | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.session.post(self.url + path, message, headers=sent, timeout=60)

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Return what the administration answers."""
        return ask(method, self.home + path, **options)

    def admin(self, path: str, **parameters: Any) -> Any:
        """The JSON that the administration answers."""
        answer = self.ask("GET", path, params=parameters)
        answer.raise_for_status()
        return answer.json()

    def memory_mb(self) -> int:
        """The resident memory of its processes together."""
        listed = subprocess.check_output(["ps", "-eo", "pid=,ppid=,rss="], text=True)
        processes = [list(map(int, line.split())) for line in listed.splitlines()]
        root = self.process.pid
        return sum(rss for pid, parent, rss in processes if root in (pid, parent)) // 1024

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `sge-sim` on the same data directory."""
        return run_command(*arguments, "--data-dir", str(self.data_dir))

    def printed(self, *arguments: str) -> str:
        """Run a command that must end well; return what it prints."""
        done = self.command(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def execute(self, statement: str, *values: Any) -> None:
        """Run one SQL statement in its database: rare situations that no command makes."""
        with self._database() as database:
            database.execute(statement, values)
            database.commit()

    def query(self, statement: str, *values: Any) -> list[Any]:
        """Return the rows of one SQL query."""
        with self._database() as database:
            return database.execute(statement, values).fetchall()

    def change_point(self, prm: str, **columns: Any) -> None:
        """Set columns of a point."""
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self.execute(f"UPDATE point SET {assignments} WHERE prm = ?", *columns.values(), prm)

    def _database(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.data_dir / "sge-sim.db", timeout=10))


def ask(
    method: str, address: str, stream: bool = False, allow_redirects: bool = True, **content: Any
) -> requests.Response:
    """Return what an address answers, redirections followed with their cookies."""
    asker = requests.Session()
    asker.trust_env = False
    asker.mount("http://", _CONNECTIONS)
    prepared = requests.Request(method, address, **content).prepare()
    return asker.send(prepared, stream=stream, allow_redirects=allow_redirects, timeout=120)


def run_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `sge-sim` and keep what it says."""
    return run_module("sge_sim", arguments, timeout=120)


def serve(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `sge-sim serve` with options that it refuses."""
    ports = ("--port", "0", "--admin-port", "0")
    return run_command("serve", "--data-dir", str(folder), *ports, *options)


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """Return the one sentence by which a command has refused."""
    assert done.returncode == 2, done.stdout + done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith("sge-sim : ")
    return sentence


@contextmanager
def start_simulator(
    data_dir: Path,
    *options: str,
    environ: Mapping[str, str] | None = None,
    cold: bool = False,
) -> Iterator[RunningSimulator]:
    """Start `sge-sim serve` on free ports, wait until it is ready, stop it at the end.

    It is forked from a process that has loaded the program; a `cold` one loads it itself.
    """
    ready_file = data_dir / "ready.json"
    ready_file.unlink(missing_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    if environ is None:
        copy_state(data_dir, settings_of(options))
    arguments = [
        *("serve", "--data-dir", str(data_dir), "--ready-file", str(ready_file)),
        *("--port", "0", "--admin-port", "0", "--strict"),
        *options,
    ]
    with (data_dir / "log.txt").open("w+") as log:
        process: subprocess.Popen[str] | Program
        whole = {**os.environ, **(environ or {})}
        if cold:
            command = [sys.executable, "-m", "sge_sim", *arguments]
            process = subprocess.Popen(command, stdout=log, stderr=log, text=True, env=whole)
        else:
            process = start_module("sge_sim", arguments, log, log, environ=whole)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not ready_file.exists():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((data_dir / "log.txt").read_text())
                time.sleep(0.02)
            yield RunningSimulator(json.loads(ready_file.read_text()), data_dir, process)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def processes_of(parent: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [parent, *map(int, children)]


@contextmanager
def suspended(parent: int) -> Iterator[None]:
    """Have neither a process nor its children run in the block, as a suspended machine does."""
    processes = processes_of(parent)
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def kept_open(
    opening: Callable[..., AbstractContextManager[Any]],
    *options: str,
    scope: Any = "module",
    **settings: Any,
) -> Any:
    """Return a fixture that opens something in a folder of its own, once for a module."""

    @pytest.fixture(scope=scope)
    def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
        with opening(tmp_path_factory.mktemp("kept"), *options, **settings) as kept:
            yield kept

    return opened
