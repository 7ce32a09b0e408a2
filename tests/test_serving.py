"""Commands beside a simulator that serves, and after one that doesn't any more."""

import json
import signal
import time
from pathlib import Path

import pytest
from orders_kit import C5, NOW, Orders
from running_simulator import run_command, start_simulator

from sge_sim.serving import serving, serving_admin

NOTE = "en-service.json"


@pytest.mark.assumed("what is due has been done when the command that moves the clock returns")
def test_files_are_there_when_the_clock_command_returns(tmp_path: Path) -> None:
    options = ("--environment", "production", "--population-size", "1200", "--now", NOW)
    with start_simulator(tmp_path, *options) as simulator:
        assert serving_admin(tmp_path) == simulator.ready["admin_url"]
        Orders(simulator).collecte(C5)
        moved = simulator.command("clock", "advance", "5d")
        files = simulator.admin("/api/flux")
        assert moved.returncode == 0, moved.stderr
        assert {each["flux"] for each in files} == {"R50"}
        refused = simulator.command("clock", "set", "2025-01-01")
        assert (refused.returncode, "ne recule pas" in refused.stderr) == (2, True)
        simulator.process.send_signal(signal.SIGTERM)
        assert simulator.process.wait(10) == 0
    assert not (tmp_path / NOTE).exists()
    alone = run_command("clock", "advance", "1d", "--data-dir", str(tmp_path))
    assert alone.stdout.startswith("2025-08-07T")


def test_a_note_that_nobody_took_back_is_not_believed(tmp_path: Path) -> None:
    assert serving_admin(tmp_path) is None
    with start_simulator(tmp_path, "--population-size", "1200") as simulator:
        assert json.loads((tmp_path / NOTE).read_text()) == {
            "admin_url": simulator.ready["admin_url"]
        }
        simulator.process.kill()
        simulator.process.wait(10)
        deadline = time.monotonic() + 10
        while serving_admin(tmp_path) is not None:  # its processes end with it, a moment later
            assert time.monotonic() < deadline
        assert (tmp_path / NOTE).exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"pid": "x"}', b"\xff"])
def test_whatever_a_note_without_its_writer_says_it_is_not_believed(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / NOTE).write_bytes(content)
    assert serving_admin(tmp_path) is None


def test_the_first_of_two_simulators_of_a_folder_is_the_one_that_is_asked(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        assert serving_admin(tmp_path) is None
        first("http://localhost:1")
        with serving(tmp_path) as second:
            second("http://localhost:2")
            assert serving_admin(tmp_path) == "http://localhost:1"
        assert serving_admin(tmp_path) == "http://localhost:1"
    assert not (tmp_path / NOTE).exists()
