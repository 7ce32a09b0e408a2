"""Commands beside a simulator that serves, and after one that doesn't any more."""

import json
import signal
import socket
import subprocess
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from made_states import copy_state
from orders_kit import C5, NOW, Orders
from running_simulator import refusal, run_command, serve, start_simulator
from waiting import eventually

from sge_sim.processes.serving_note import ReadyFile, Served, find_served, serving
from sge_sim.services.registry import SERVICES
from sge_sim.tables.models import Base

NOTE = "en-service.json"
ONE = Served("http://localhost:1", "https://localhost:3", "homologation")


@pytest.mark.assumed("what is due has been done when the command that moves the clock returns")
def test_files_are_there_when_the_clock_command_returns(tmp_path: Path) -> None:
    options = ("--environment", "production", "--population-size", "1200", "--now", NOW)
    with start_simulator(tmp_path, *options) as simulator:
        assert find_served(tmp_path) == Served(
            simulator.ready["admin_url"], simulator.ready["b2b_url"], "production"
        )
        Orders(simulator).collecte(C5)
        moved = simulator.command("clock", "advance", "5d")
        files = simulator.admin("/api/flux")
        assert moved.returncode == 0, moved.stderr
        assert {each["flux"] for each in files} == {"R50"}
        refused = simulator.command("clock", "set", "2025-01-01")
        assert (refused.returncode, "ne recule pas" in refused.stderr) == (2, True)
        assert "(sge-sim reset)" in " ".join(refused.stderr.split())
        assert (tmp_path / "ready.json").exists()
        simulator.process.send_signal(signal.SIGTERM)
        assert simulator.process.wait(10) == 0
    assert not (tmp_path / "ready.json").exists()
    assert not (tmp_path / NOTE).exists()
    alone = run_command("clock", "advance", "1d", "--data-dir", str(tmp_path))
    assert alone.stdout.startswith("2025-08-07T")


NOTE_THE_TABLES = """
import os
import sys


class Noting:
    def find_spec(self, name, path, target=None):
        if name.startswith("sge_sim.tables."):
            with open(os.environ["TABLES_LOADED"], "a") as loaded:
                loaded.write(f"{os.getpid()} {name}\\n")


sys.meta_path.insert(0, Noting())
"""


@pytest.mark.observed("a first page and a first publication at the same time, in an hour of use")
def test_no_table_is_loaded_beside_threads_that_ask_others(tmp_path: Path) -> None:
    """SQLAlchemy connects tables at the first query, and for good: half of them must not stand."""
    (tmp_path / "sitecustomize.py").write_text(NOTE_THE_TABLES)
    loaded = tmp_path / "loaded"
    environ = {"PYTHONPATH": str(tmp_path), "TABLES_LOADED": str(loaded)}
    copy_state(tmp_path / "data", {})  # a first start loads all, to make them
    with start_simulator(tmp_path / "data", cold=True, environ=environ) as simulator:
        simulator.admin("/api/campaigns")
        simulator.admin("/api/datahub/contrats")
        Orders(simulator).collecte(C5)
        lines = [line.split() for line in loaded.read_text().splitlines()]
        tables = {mapper.class_.__module__ for mapper in Base.registry.mappers}
        assert {pid for pid, name in lines if name in tables} == {str(simulator.process.pid)}


def test_a_note_that_nobody_took_back_is_not_believed(tmp_path: Path) -> None:
    assert find_served(tmp_path) is None
    with start_simulator(tmp_path, "--population-size", "1200") as simulator:
        note = {name: simulator.ready[name] for name in ("admin_url", "b2b_url", "environment")}
        assert json.loads((tmp_path / NOTE).read_text()) == note | {"data_connect_url": None}
        simulator.process.kill()
        simulator.process.wait(10)
        # Its processes end with it, a moment later.
        eventually(lambda: find_served(tmp_path) is None)
        assert (tmp_path / NOTE).exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"pid": "x"}', b"\xff"])
def test_whatever_a_note_without_its_writer_says_it_is_not_believed(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / NOTE).write_bytes(content)
    assert find_served(tmp_path) is None


def test_the_first_of_two_simulators_of_a_folder_is_the_one_that_is_asked(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        assert find_served(tmp_path) is None
        first.announce(ONE)
        with serving(tmp_path) as second:
            second.announce(replace(ONE, admin_url="http://localhost:2"))
            assert find_served(tmp_path) == ONE
        assert find_served(tmp_path) == ONE
    assert not (tmp_path / NOTE).exists()


def test_what_is_written_for_a_client_has_the_address_of_the_simulator_that_runs(
    tmp_path: Path,
) -> None:
    data, before, during = tmp_path / "data", tmp_path / "before.zip", tmp_path / "during.zip"
    with start_simulator(
        data, "--population-size", "0", "--environment", "production"
    ) as simulator:
        port = simulator.url.rpartition(":")[2]
        assert f"--to-ports {port}\n" in simulator.command("hosts").stdout
        made = simulator.command("kit", str(during))
        assert f"Adresse {simulator.url} ; certificat enregistré en production." in made.stdout
        with ZipFile(during) as kit:
            services = kit.read("kit-sge/services.csv").decode()
            assert services.count(simulator.url) == len(SERVICES)
            assert simulator.url in kit.read("kit-sge/exemples/premier_appel.sh").decode()
            kit.extractall(tmp_path)
        called = subprocess.run(
            ["bash", "exemples/premier_appel.sh"],
            cwd=tmp_path / "kit-sge",
            capture_output=True,
            text=True,
        )
        assert "25946599093143" in called.stdout, called.stderr
    alone = ("--data-dir", str(data))
    assert "--to-ports 8443\n" in run_command("hosts", *alone).stdout
    made = run_command("kit", str(before), *alone)
    assert "Adresse https://localhost:8443 ; certificat enregistré en homologation." in made.stdout


def test_a_start_that_is_refused_leaves_no_ready_file_of_an_earlier_one(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text("{}")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        assert refusal(serve(tmp_path, "--ready-file", str(ready), "--port", port))
    assert not ready.exists()


def test_a_stop_leaves_the_ready_file_that_another_simulator_wrote(tmp_path: Path) -> None:
    mine, other = ReadyFile(tmp_path / "ready.json"), ReadyFile(tmp_path / "ready.json")
    mine.write({"pid": 1})
    other.write({"pid": 2})
    mine.remove()
    assert json.loads((tmp_path / "ready.json").read_text()) == {"pid": 2}


def test_another_environment_does_not_serve_the_same_folder(tmp_path: Path) -> None:
    with start_simulator(tmp_path, "--population-size", "0") as simulator:
        sentence = refusal(serve(tmp_path, "--environment", "production"))
        assert f"{tmp_path} est déjà servi par un simulateur (homologation, " in sentence
        assert "démarrer celui-ci (production) avec un autre --data-dir" in sentence
        assert find_served(tmp_path) == Served(
            simulator.ready["admin_url"], simulator.url, "homologation"
        )
    assert (tmp_path / "sge-sim.db").exists()


def test_a_second_simulator_of_a_folder_says_first_what_they_share(tmp_path: Path) -> None:
    options = ("--population-size", "0")
    with start_simulator(tmp_path, *options) as first, start_simulator(tmp_path, *options):
        said = (tmp_path / "log.txt").read_text().splitlines()[0]
        served = find_served(tmp_path)
    assert said.startswith(f"sge-sim : un autre simulateur sert déjà {tmp_path} : ")
    assert "autre --data-dir" in said
    assert "pas du réseau (SQLite)" in said
    assert served
    assert served.admin_url == first.home


@pytest.mark.parametrize(("options", "announced"), [((), False), (("--generation", "auto"), True)])
def test_a_generation_that_begins_is_announced_where_the_day_decides(
    tmp_path: Path, options: tuple[str, ...], announced: bool
) -> None:
    started = ("--population-size", "0", "--now", "2025-12-07T10:00", *options)
    with start_simulator(tmp_path, *started) as simulator:
        moved = simulator.command("clock", "advance", "2d").stdout
        assert ("Le 08/12/2025, la plateforme commence à servir" in moved) is announced
    alone = run_command("clock", "advance", "365d", "--data-dir", str(tmp_path)).stdout
    assert "la plateforme" not in alone
