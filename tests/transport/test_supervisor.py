"""The processes of a server, from outside: a real program, real signals."""

import contextlib
import json
import os
import pty
import select
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import loaded_programs
import pytest
from throwaway_pki import SERVER, issue
from transport_kit import ask, common_name
from waiting import eventually

PROGRAM = "transport.supervised_program"
STOP_SECONDS = 15.0


@dataclass
class Program:
    """A running supervised program and where it listens."""

    process: loaded_programs.Program
    output: int
    folder: Path
    b2b: int
    admin: int

    def end(self, number=None):
        """Return the exit code and what was said, once the program and all its children ended.

        A signal is sent first where one is given. The children hold the other end of the pipe of
        stdout: its end is theirs.
        """
        if number is not None:
            self.signal(number)
        assert select.select([self.output], [], [], STOP_SECONDS)[0]
        assert os.read(self.output, 1) == b""
        return self.process.wait(STOP_SECONDS), self.said()

    def said(self):
        return (self.folder / "said").read_text()

    def keep_busy(self, connection, path):
        """Send a request that takes its time, and wait until it is under way."""
        connection.request("GET", path)
        eventually((self.folder / "entered").exists)
        return connection

    def signal(self, number):
        self.process.send_signal(number)


@pytest.fixture
def launch(pki, tmp_path):
    """Start the program; nothing of it outlives the test."""
    programs = []
    for source, name in [*zip(pki.server_files, ["server.pem", "server.key"], strict=True)]:
        shutil.copy(source, tmp_path / name)
    (tmp_path / "root.pem").write_text(pki.root.pem)

    def start(workers=2, fault="", stdin=os.devnull, wait=True):
        output, others = os.pipe()
        session = (
            f"import os, sys; del sys.modules[{PROGRAM!r}]\n"  # or runpy warns
            f"os.setsid(); os.dup2(os.open({stdin!r}, os.O_RDWR), 0)"
        )
        with (tmp_path / "said").open("w") as said, os.fdopen(others, "w") as out:
            arguments = (str(tmp_path), str(workers), fault)
            process = loaded_programs.start_module(PROGRAM, arguments, out, said, before=session)
        programs.append(Program(process, output, tmp_path, 0, 0))
        ready = tmp_path / "ready.json"
        if wait:
            eventually(lambda: ready.exists() or process.poll() is not None, 30)
            vars(programs[-1]).update(json.loads(ready.read_text()))
        return programs[-1]

    yield start
    for program in programs:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.process.pid, signal.SIGKILL)
        program.process.wait(10)
        os.close(program.output)


@pytest.fixture
def worker_pids(client):
    """Ask which processes answer, until `count` different ones have."""

    def find(port, count):
        pids = set()

        def enough():
            connection = client(port)
            pids.add(int(ask(connection)))
            connection.close()
            return len(pids) >= count

        eventually(enough)
        return pids

    return find


def admin_pid(port):
    """Return the administration process that answers; a process that dies does not."""

    def answered():
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
            connection.request("GET", "/")
            return int(connection.getresponse().read())

    return eventually(answered)


def is_closed(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=10).close()
    except OSError:
        return True
    return False


def test_every_process_serves_once_readiness_is_told(launch, worker_pids):
    program = launch(workers=2)
    pids = worker_pids(program.b2b, 2) | {admin_pid(program.admin), program.process.pid}
    assert len(pids) == 4
    assert program.end(signal.SIGTERM) == (0, "")
    assert is_closed(program.b2b)
    assert is_closed(program.admin)


@pytest.mark.parametrize("interrupt", [os.kill, os.killpg])
def test_ctrl_c_lets_requests_finish_and_ends_everything_quietly(launch, client, interrupt):
    """In a terminal it reaches the children too, which leave it to their parent."""
    program = launch()
    connection = program.keep_busy(client(program.b2b), "/slow")
    interrupt(program.process.pid, signal.SIGINT)
    assert connection.getresponse().read().isdigit()
    assert program.end() == (0, "")


def test_the_administration_answers_while_the_others_finish(launch, client):
    """So that it can say that the program stops."""
    program = launch()
    connection = program.keep_busy(client(program.b2b), "/slow")
    program.signal(signal.SIGTERM)
    eventually(lambda: is_closed(program.b2b))
    assert admin_pid(program.admin)
    assert connection.getresponse().read().isdigit()
    assert program.end() == (0, "")


def test_a_request_that_does_not_end_holds_the_program_up_only_for_a_while(launch, client):
    program = launch(fault="patient")
    program.keep_busy(client(program.b2b), "/hang")
    code, said = program.end(signal.SIGTERM)
    assert code == 0
    assert "Arrêt forcé" in said


def test_a_process_that_hears_nothing_is_killed(launch, client):
    program = launch(workers=1)
    program.keep_busy(client(program.b2b), "/stuck")
    assert program.end(signal.SIGTERM)[0] == 0


def test_a_second_ctrl_c_does_not_wait(launch, client):
    program = launch(fault="patient")
    idle = client(program.b2b)
    program.keep_busy(client(program.b2b), "/hang")
    ask(idle)
    program.signal(signal.SIGINT)
    assert idle.sock.recv(1) == b""  # the first one has been heard
    # Nobody had the time to say that the stop was forced.
    assert program.end(signal.SIGINT) == (0, "")


def test_a_process_that_dies_is_replaced(launch, worker_pids):
    program = launch(workers=2)
    before = worker_pids(program.b2b, 2)
    killed, admin = before.copy().pop(), admin_pid(program.admin)
    os.kill(killed, signal.SIGKILL)
    os.kill(admin, signal.SIGKILL)
    after = eventually(lambda: (pids := worker_pids(program.b2b, 2)) - before and pids)
    assert killed not in after
    assert len(after & before) == 1
    assert admin_pid(program.admin) != admin
    code, said = program.end(signal.SIGTERM)
    assert code == 0
    assert "Le processus admin s'est arrêté (signal 9) : il est remplacé." in said
    assert "Le processus b2b-" in said


def test_a_process_is_not_replaced_faster_than_once_a_second(launch):
    program = launch(workers=1)
    began = time.monotonic()
    for _ in range(3):
        os.kill(admin_pid(program.admin), signal.SIGKILL)
    admin_pid(program.admin)
    # The first may have been old enough to be replaced at once.
    assert time.monotonic() - began > 1.9
    assert program.end(signal.SIGTERM)[1].count("il est remplacé") == 3


def test_no_process_outlives_a_parent_that_was_killed(launch):
    program = launch(workers=2)
    assert program.end(signal.SIGKILL)[0] == -signal.SIGKILL
    assert is_closed(program.b2b)
    assert is_closed(program.admin)


def test_sighup_renews_the_certificate_in_every_process(launch, client, worker_pids, pki):
    program = launch(workers=2)
    old = worker_pids(program.b2b, 2)

    def served():
        connection = client(program.b2b)
        connection.connect()
        return common_name(connection.sock.getpeercert(binary_form=True))

    # A key of another certificate: refused by each, and the old pair kept.
    shutil.copy(pki.client_files[1], program.folder / "server.key")
    program.signal(signal.SIGHUP)
    eventually(lambda: program.said().count("le certificat en service est gardé") == 2)
    assert {served() for _ in range(10)} == {"localhost"}

    renewed = pki.write("renewed", issue("renouvelé", pki.intermediate, use=SERVER))
    shutil.copy(renewed[0], program.folder / "server.pem")
    shutil.copy(renewed[1], program.folder / "server.key")
    program.signal(signal.SIGHUP)
    eventually(lambda: {served() for _ in range(20)} == {"renouvelé"})
    assert worker_pids(program.b2b, 2) == old
    code, said = program.end(signal.SIGTERM)
    assert code == 0
    assert len(said.splitlines()) == 2


def test_closing_the_terminal_leaves_no_server_behind(launch):
    master, slave = pty.openpty()
    program = launch(fault="terminal", stdin=os.ttyname(slave))
    os.close(slave)
    os.close(master)  # the terminal is gone: the system sends SIGHUP
    assert program.end() == (0, "")
    assert is_closed(program.b2b)


def test_a_service_that_can_not_be_built_ends_the_start_with_its_sentence(launch):
    program = launch(fault="usage", wait=False)
    assert program.end() == (2, "Erreur : La base est absente : lancer sge-sim init.\n")
    assert not (program.folder / "ready.json").exists()


def test_a_service_that_crashes_at_the_start_ends_it_and_leaves_its_trace(launch):
    program = launch(workers=1, fault="crash", wait=False)
    code, said = program.end()
    assert code == 2
    assert "LookupError: introuvable" in said
    assert "Le processus b2b-1 s'est arrêté au démarrage (code 1)" in said
