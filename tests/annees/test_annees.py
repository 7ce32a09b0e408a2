"""Years of a simulator from a seed: the short form, a year of a hundred points, three seeds."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEEDS = ("1", "2", "3")


def play(*options: str, hash_seed: str = "0", status: int = 0) -> str:
    """Play seeds in a process of their own, whose locks are those of woven threads."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.annees", *options, "--court"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == status, done.stdout[-6000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def year() -> str:
    """What three seeds came to; a violation says itself, and how to play it again."""
    return play(*SEEDS)


@pytest.fixture(scope="module")
def spoken(year: str) -> dict[str, list[int]]:
    """The figures of each line, by its first word."""
    figures: dict[str, list[int]] = {}
    for word, number in re.findall(
        r"^(appels|commandes|fins|tours|paires|fichiers) (\d+)", year, re.M
    ):
        figures.setdefault(word, []).append(int(number))
    return figures


@pytest.mark.parametrize(
    ("what", "least"),
    [("appels", 400), ("commandes", 30), ("fins", 8), ("tours", 1500), ("paires", 30)],
)
def test_each_seed_does_enough(spoken: dict[str, list[int]], what: str, least: int) -> None:
    assert len(spoken[what]) == len(SEEDS)
    assert min(spoken[what]) >= least


def test_few_files_are_made(spoken: dict[str, list[int]]) -> None:
    assert max(spoken["fichiers"]) <= 400


def test_a_seed_in_three_sends_its_files_by_ftp(year: str) -> None:
    sent = [int(times) for times in re.findall(r"^coutures .*'canal': (\d+)", year, re.M)]
    assert len(sent) == 1
    assert sent[0] >= 100


def test_nothing_is_written_beside_the_seams(year: str) -> None:
    assert re.findall(r"^sans couture (.*)$", year, re.M) == ["{}"] * len(SEEDS)


def test_what_is_written_beside_the_seams_is_seen(tmp_path: Path) -> None:
    script = f"""
import coutures, pathlib
from monde import AUCUN, Comptes, Monde
from sge_sim.machine import monde as seams
monde, folder = Monde(Comptes(), "beside"), pathlib.Path({str(tmp_path)!r})
coutures.pose(monde, lambda path: None)
coutures.ecoute(monde, folder, print)
with monde.eveille(AUCUN):
    seams.replace(folder / "kept", folder / "moved")
    (folder / "beside").write_bytes(b"")
"""
    (tmp_path / "kept").touch()
    here = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": here},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.split() == ["open", str(tmp_path / "beside")], done.stderr


def test_a_seed_is_the_same_life_to_the_byte(year: str) -> None:
    again = play(SEEDS[0], "--pas", "8", hash_seed="1")
    lives = [re.findall(r"^pas 8 : trace .*$", life, re.M) for life in (year, again)]
    assert lives[0][:1] == lives[1] != []
