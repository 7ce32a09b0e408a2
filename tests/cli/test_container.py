"""What a container needs: an administration for other machines, names, calls in the log, a stop."""

import base64
import json
import select
import signal
import socket
import ssl
import stat
import time
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import requests
from demandes import CDC, fiche
from homologating import against
from running_simulator import XML, RunningSimulator, kept_open, run_command, start_simulator

from sge_sim.cli import console
from sge_sim.settings import Log

ELSEWHERE = "127.0.0.2"
OPTIONS = (
    *("--population-size", "0", "--admin-host", ELSEWHERE, "--log", "json"),
    *("--server-name", "sge.example.org", "--server-name", ELSEWHERE),
)


remote = kept_open(start_simulator, *OPTIONS)
"""A simulator whose administration is reached from elsewhere."""


def ask(
    running: RunningSimulator, headers: dict[str, str], path: str = "/health"
) -> requests.Response:
    port = running.ready["remote_admin_url"].rpartition(":")[2]
    session = requests.Session()
    session.trust_env = False
    return session.get(
        f"https://{ELSEWHERE}:{port}{path}",
        headers=headers,
        verify=running.ready["ca_file"],
        timeout=20,
    )


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"sge:{password}".encode()).decode()


def test_the_token_lets_in_and_nothing_else_does(remote: RunningSimulator) -> None:
    token = remote.ready["admin_token"]
    for good in (f"Bearer {token}", f"bearer  {token}", basic(token)):
        assert ask(remote, {"Authorization": good}).json()["etat"] == "ok"
    for bad in (f"Bearer {token}x", "Bearer", "Basic ???", basic(""), token, f"Digest {token}"):
        refused = ask(remote, {"Authorization": bad})
        assert refused.status_code == 401, bad
        assert refused.headers["www-authenticate"].startswith("Basic ")
        assert refused.json()["status"] == 401
    for path in ("/", "/health", "/openapi.json", "/static/favicon.ico", "/nulle-part"):
        assert ask(remote, {}, path).status_code == 401


def test_the_names_given_are_admitted_and_no_other(remote: RunningSimulator) -> None:
    headers = {"Authorization": f"Bearer {remote.ready['admin_token']}"}
    for host, status in (("sge.example.org:8080", 200), ("SGE.example.org", 200), ("autre", 403)):
        assert ask(remote, headers | {"Host": host}).status_code == status
    assert remote.ready["remote_admin_url"].startswith("https://sge.example.org:")
    refused = remote.ask("GET", "/health", headers={"Host": "autre.example"})
    assert "--server-name" in refused.json()["detail"]


def test_only_a_digest_of_the_token_is_kept(remote: RunningSimulator) -> None:
    token = remote.ready["admin_token"].encode()
    kept = [path for path in remote.data_dir.rglob("*") if path.is_file()]
    holding = {path.name for path in kept if token in path.read_bytes()}
    assert holding == {"ready.json", "log.txt"}  # those that the test asked for
    assert stat.S_IMODE((remote.data_dir / "admin-token.sha256").stat().st_mode) == 0o600


def test_the_commands_of_the_machine_need_no_token(remote: RunningSimulator) -> None:
    done = remote.command("health", "--json")
    assert json.loads(done.stdout)["etat"] == "ok"
    assert remote.command("clock", "advance", "1h").returncode == 0


def test_a_target_is_homologated_with_the_token_in_a_variable(
    remote: RunningSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = remote.ready
    arguments = (
        *("homologate", *against(remote, admin=False), "--cas", "AHC-R1"),
        *(
            "--rapport",
            str(tmp_path / "r"),
            "--admin",
            f"https://{ELSEWHERE}:{ready['remote_admin_url'].rpartition(':')[2]}",
        ),
    )
    refused = run_command(*arguments)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "SGE_SIM_ADMIN_CA" in refused.stderr
    monkeypatch.setenv("SGE_SIM_ADMIN_CA", ready["ca_file"])
    refused = run_command(*arguments)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "SGE_SIM_ADMIN_TOKEN" in refused.stderr
    monkeypatch.setenv("SGE_SIM_ADMIN_TOKEN", ready["admin_token"])
    done = run_command(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    written = b"".join(path.read_bytes() for path in (tmp_path / "r").rglob("*") if path.is_file())
    assert ready["admin_token"].encode() not in written


def test_calls_are_objects_with_the_fields_of_the_journal(remote: RunningSimulator) -> None:
    remote.post(CDC, b"<x/>")
    (newest,) = remote.admin("/api/journal", limit=1)
    deadline = time.monotonic() + 20
    found = None
    while found is None and time.monotonic() < deadline:
        lines = (remote.data_dir / "log.txt").read_text().splitlines()
        objects = [json.loads(line) for line in lines if line.startswith("{")]
        found = next((each for each in objects if each["id"] == newest["id"]), None)
        time.sleep(0.05)
    assert found == newest


def test_another_token_makes_the_former_one_worthless(tmp_path: Path) -> None:
    with start_simulator(tmp_path, *OPTIONS) as running:
        first = {"Authorization": f"Bearer {running.ready['admin_token']}"}
        assert ask(running, first).ok
        second = {"Authorization": f"Bearer {running.command('token').stdout.strip()}"}
        assert ask(running, first).status_code == 401
        assert ask(running, second).ok
    with start_simulator(tmp_path, *OPTIONS) as again:
        assert "admin_token" not in again.ready  # nobody can read it any more
        assert ask(again, second).ok
    assert run_command("health", "--data-dir", str(tmp_path)).returncode == 1


@pytest.mark.parametrize(
    ("terminal", "pid", "marked", "log"),
    [
        (True, 7, False, Log.TEXT),
        (False, 1, False, Log.TEXT),
        (False, 7, True, Log.TEXT),
        (False, 7, False, Log.NONE),
    ],
)
def test_calls_are_written_in_a_terminal_and_in_a_container(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    terminal: bool,
    pid: int,
    marked: bool,
    log: Log,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("os.getpid", lambda: pid)
    monkeypatch.setattr(console, "_CONTAINER_MARKS", (tmp_path if marked else tmp_path / "no",))
    assert console.default_log() is log


def test_a_stop_refuses_newcomers_at_once_and_finishes_what_runs(tmp_path: Path) -> None:
    options = ("--population-size", "0", "--workers", "2")
    rest = ("--data-connect", "--data-connect-port", "0")
    with start_simulator(tmp_path, *options, *rest) as running:
        late = ("latence", "--secondes", "4", "--dispersion", "0")
        assert running.command("pannes", "add", *late).returncode == 0
        context = ssl.create_default_context(cafile=running.ready["ca_file"])
        context.load_cert_chain(running.ready["client_cert"], running.ready["client_key"])
        ports = [
            int(running.ready[name].rpartition(":")[2])
            for name in ("b2b_url", "data_connect_url")  # the administration tells to the end
        ]
        connection = HTTPSConnection("localhost", ports[0], context=context, timeout=60)
        connection.request("POST", CDC, fiche(running.login, "25946599093143"), XML)
        time.sleep(1)  # for a worker to take it up
        running.process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        while not all(map(is_refused, ports)):
            assert time.monotonic() - begun < 10
            time.sleep(0.02)
        assert select.select([connection.sock], [], [], 0)[0] == []  # refused before it is answered
        assert connection.getresponse().status == 200
        connection.close()
        assert running.process.wait(20) == 0
        assert time.monotonic() - begun < 10


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except (ConnectionRefusedError, ConnectionResetError):  # reset: closed as it was let in
        return True
    return False
