"""In a terminal, `sge-sim serve` writes a line for each call, and what takes long is told; nowhere
else.
"""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loaded_programs import start_module
from running_simulator import START_SECONDS, RunningSimulator

from sge_sim.cli.console import call_line, console
from sge_sim.journal import Echange
from sge_sim.refus import Rule
from sge_sim.settings import Log

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RULE = Rule("RecherchePoint/point_connu", "SGT401", "GUI", "documented", "un PRM connu")


def echange(**changed: object) -> Echange:
    given: dict[str, object] = {
        "id": 7,
        "size": 0,
        "instant": datetime(2021, 6, 21, 10, tzinfo=UTC),
        "machine_instant": datetime(2026, 1, 5, 8, tzinfo=UTC),
        "duration_ms": 1.25,
        "kind": "soap",
        "acteur_code": "TIERS1",
        "service": "ConsultationMesures",
        "version": "1.1",
        "prm": "25946599093143",
        "code": "SGT200",
        "http_status": 200,
    }
    return Echange(**(given | changed))  # type: ignore[arg-type]


def test_a_call_is_told_in_a_line_coloured_by_how_it_ended() -> None:
    assert COLOUR.sub("", call_line(echange())) == (
        "21/06 12:00:00  accepté  SGT200  ConsultationMesures v1.1  25946599093143  TIERS1  "
        "1,2 ms  échange 7"
    )
    assert "\x1b[32maccepté\x1b[0m" in call_line(echange())
    refused = call_line(echange(code="SGT401", http_status=500, rule=RULE))
    assert "\x1b[31mrefusé \x1b[0m" in refused
    assert COLOUR.sub("", refused).endswith(
        "échange 7  RecherchePoint/point_connu : aurait été accepté : un PRM connu"
    )


def test_what_a_client_wrote_gives_the_terminal_no_orders() -> None:
    line = call_line(echange(prm="1\x1b]0;ici\x07\x9b2J\n"))
    assert all(one.isprintable() for one in COLOUR.sub("", line))


def test_there_are_no_colours_where_none_are_wanted_and_no_lines_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert console(Log.NONE) is None
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb"), ("NO_COLOR", "")):
        with monkeypatch.context() as changed:
            changed.setenv("TERM", "xterm")
            changed.setenv(name, value)
            tell = console(Log.TEXT)
            assert tell is not None
            tell(echange())
        assert ("\x1b[" in capsys.readouterr().out) == (value == "")


def test_a_call_is_told_in_the_terminal_of_serve(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ours, theirs = pty.openpty()
    command = (
        *("serve", "--data-dir", str(tmp_path), "--population-size", "0"),
        *("--ready-file", str(ready), "--port", "0", "--admin-port", "0"),
    )
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    os.set_blocking(ours, False)
    deadline, said, called = time.monotonic() + START_SECONDS, "", False
    environ["TERM"] = "xterm"
    with os.fdopen(theirs, "w") as terminal:
        process = start_module("sge_sim", command, terminal, terminal, environ=environ)
        while "échange 1" not in said and time.monotonic() < deadline:
            with suppress(BlockingIOError):
                said += os.read(ours, 10_000).decode()
            if ready.exists() and not called:
                simulator = RunningSimulator(json.loads(ready.read_text()), tmp_path)
                simulator.session.get(simulator.url + "/rien", timeout=10)
                called = True
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    os.close(ours)
    (line,) = re.findall(r"^.*échange 1.*$", said, re.M)
    assert "\x1b[31m" in line
    told = COLOUR.sub("", line)
    assert "refusé   HTTP 404  GET /rien  TIERS1  " in told
    assert "échange 1  Porte/chemin_servi : aurait été accepté : le chemin d'un service" in told


SCRIPT = """
import time, threading
from sge_sim.cli.console import progress_if_long
with progress_if_long("Essai", lambda: "fait à moitié" + " ;" * 200):
    time.sleep({seconds})
assert threading.active_count() == 1
"""


def said_in_a_terminal(seconds: float) -> str:
    """What the script says on stderr, a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", SCRIPT.format(seconds=seconds)]
    with subprocess.Popen(command, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                read = os.read(ours, 1000)
            except OSError:  # the other end is closed
                break
            said += read
            if not read:
                break
        assert process.wait(20) == 0
    os.close(ours)
    return said.decode()


def test_what_is_quick_says_nothing() -> None:
    assert said_in_a_terminal(0.1) == ""


def test_what_takes_over_two_seconds_is_told_and_taken_back() -> None:
    said = said_in_a_terminal(2.5)
    assert "Essai… 2 s fait à moitié ; ;" in said
    assert max(map(len, said.split("\r"))) <= 80 + len("\x1b[K"), "a longer line couldn't be erased"
    assert said.endswith("\r\x1b[K")


def test_nothing_is_said_to_what_is_no_terminal() -> None:
    command = [sys.executable, "-c", SCRIPT.format(seconds=2.5)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
