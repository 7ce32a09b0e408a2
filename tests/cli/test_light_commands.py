"""What a command costs before it works: help loads nothing of what the commands work with, and the
clock of a simulator that serves is asked of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from command_tree import every_command
from loaded_programs import run_module
from running_simulator import RunningSimulator

from sge_sim.cli import commands

HEAVY = ("numpy", "lxml", "sqlalchemy", "pydantic", "cryptography", "requests", "spyne", "fastapi")
PROBE = 25
"""Modules that the command may load beside click, http.client and json, which it takes."""
MODULES = f"print(*set({HEAVY!r}) & sys.modules.keys(), file=sys.stderr)"


def test_help_loads_nothing_to_work_with() -> None:
    """That of each command, and of all at once, which loads the modules of all of them.

    The declarations of all operations neither.
    """
    asked = [[], *(words.split() for words, _ in every_command(commands))]
    script = (
        "import sys, io, contextlib, click\nfrom sge_sim.cli import commands\n"
        f"for words in {asked!r}:\n"
        "    with contextlib.redirect_stdout(io.StringIO()) as text:\n"
        "        commands.main([*words, '--help'], 'sge-sim', standalone_mode=False)\n"
        "    assert len(text.getvalue()) > 50, words\n"
        "from sge_sim.operations import all_operations; all_operations()\n"
        f"{MODULES}"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == []
    assert len(asked) > 70


def loaded_by(*arguments: str) -> tuple[str, set[str]]:
    """Return what a command writes, and what it has loaded."""
    script = (
        "import sys, click, http.client, json\nbefore = {*sys.modules}\n"
        f"sys.argv = ['sge-sim', *{arguments!r}]\nfrom sge_sim.cli import main\n"
        "try: main()\nfinally: print(*{*sys.modules} - before, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout, {*done.stderr.split()}


def test_the_clock_is_asked_of_the_simulator_that_serves(simulator: RunningSimulator) -> None:
    shown, loaded = loaded_by("clock", "show", "--json", "--data-dir", str(simulator.data_dir))
    assert "sqlalchemy" not in loaded
    assert json.loads(shown)["numero"] == simulator.admin("/api/clock")["numero"]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_probe_loads_nothing_but_what_asks(
    simulator: RunningSimulator, options: tuple[str, ...]
) -> None:
    """Probes and loops call it again and again."""
    said, loaded = loaded_by("health", "--data-dir", str(simulator.data_dir), *options)
    assert (json.loads(said)["etat"] if options else said.strip()) == "ok"
    assert not {*HEAVY} & loaded
    assert len(loaded) <= PROBE, loaded


def test_a_kit_loads_nothing_that_serves_or_calls(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    said, loaded = loaded_by("kit", str(tmp_path / "kit"), "--data-dir", str(simulator.data_dir))
    assert "login exploitation@tiers1.example.org" in said
    assert {"lxml", "sqlalchemy"} <= loaded
    assert not {"numpy", "pydantic", "requests", "spyne", "zeep", "fastapi"} & loaded


def test_a_probe_says_why_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sge-sim.toml").write_text(f'data_dir = "{tmp_path}/named"')
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SGE_SIM_SANS_FICHIER", raising=False)
    monkeypatch.delenv("SGE_SIM_DATA_DIR", raising=False)
    done = run_module("sge_sim", ("health",))
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"aucun simulateur ne sert {tmp_path}/named" in done.stderr


def completed(words: str, position: int) -> list[str]:
    """Return what a shell completes, the last word being begun."""
    asked = {"_SGE_SIM_COMPLETE": "bash_complete", "COMP_WORDS": words}
    done = run_module("sge_sim", (), environ={**asked, "COMP_CWORD": str(position)})
    assert done.returncode == 0, done.stderr
    return [line.partition(",")[2] for line in done.stdout.split()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("journal list --data-dir {folder} --service Recherche", "RecherchePoint"),
        ("journal list --data-dir {folder} --acteur TI", "TIERS1"),
        ("points show --data-dir {folder} 2421", "24210000000255"),
        ("catalog show adp-r", "ADP-R1"),
        ("pannes add --data-dir {folder} sgt500 --prm 2421", "24210000000255"),
    ],
)
def test_a_shell_completes_what_the_state_and_the_catalogue_hold(
    simulator: RunningSimulator, words: str, expected: str
) -> None:
    line = "sge-sim " + words.format(folder=simulator.data_dir)
    assert expected in completed(line, len(line.split()) - 1)


def test_nothing_is_completed_where_there_is_no_simulator() -> None:
    assert completed("sge-sim points show --data-dir /nulle/part 2", 5) == []
