"""A simulator that is started for a campaign: how long it may take, and what is said if it fails.

A program that stands for it is a process of its own, as the simulator is.
"""

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sge_sim.cli.homologate import homologate
from sge_sim.errors import UsageError
from sge_sim.homologation.client.own_simulator import own_simulator

VARIABLE = "SGE_SIM_DEMARRAGE_SECONDES"
BOUND = ("--demarrage-secondes", "1")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is started in place of a simulator."""
    file = tmp_path / "programme"
    file.touch(0o755)
    monkeypatch.setattr(sys, "executable", str(file))
    return file


def refusal(folder: Path, *options: str) -> str:
    with pytest.raises(UsageError) as refused, own_simulator(folder, options):
        pass
    return str(refused.value)


def test_one_that_is_not_ready_in_time_lives_and_the_bound_is_said(
    program: Path, tmp_path: Path
) -> None:
    program.write_text("#!/bin/sh\necho 'Préparation des points…'\nexec sleep 600\n")
    said = refusal(tmp_path / "etat", *BOUND)
    assert re.sub(r"\d{2,}", "", said) == (
        "Le simulateur n'est pas prêt en 1 s (--demarrage-secondes) ; son processus  vit ; "
        "ses derniers mots : Préparation des points…"
    )


def test_one_that_said_nothing_is_said_to(program: Path, tmp_path: Path) -> None:
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    assert refusal(tmp_path / "etat", *BOUND).endswith("; il n'a rien dit.")


@pytest.mark.parametrize(
    ("end", "how"), [("exit 3", "le code 3"), ("kill -9 $$", "le signal 9")], ids=["code", "signal"]
)
def test_one_that_ended_says_how(program: Path, tmp_path: Path, end: str, how: str) -> None:
    program.write_text(f"#!/bin/sh\necho 'Le port 8443 est pris.' >&2\n{end}\n")
    assert refusal(tmp_path / "etat") == (
        f"Le simulateur a fini par {how} avant d'être prêt ; ses derniers mots : "
        "Le port 8443 est pris."
    )


def test_the_variable_gives_the_bound_too(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.write_text("#!/bin/sh\nexec sleep 600\n")
    monkeypatch.setenv(VARIABLE, "1")
    assert "n'est pas prêt en 1 s" in refusal(tmp_path / "etat")
    monkeypatch.setenv(VARIABLE, "longtemps")
    assert "longtemps : donner un nombre" in refusal(tmp_path / "etat")
    assert "à partir de 1" in refusal(tmp_path / "etat", BOUND[0], "0")


def test_homologate_says_that_its_simulator_is_started_once_it_is(program: Path) -> None:
    program.write_text("#!/bin/sh\necho 'Le port 8443 est pris.'\nexit 3\n")
    done = CliRunner().invoke(homologate, ["--cas", "ADP-R1@C5", *BOUND])
    assert "Simulateur démarré" not in done.output
    assert "a fini par le code 3" in str(done.exception)
