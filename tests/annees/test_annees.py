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


def test_nothing_is_written_beside_the_seams(year: str) -> None:
    assert re.findall(r"^sans couture (.*)$", year, re.M) == ["{}"] * len(SEEDS)


def test_what_is_written_beside_the_seams_is_seen() -> None:
    seen = play("1", "--pas", "10", "--faute", "à côté", status=1)
    assert "rien ne s'écrit à côté des coutures" in seen


def test_a_seed_is_the_same_life_to_the_byte() -> None:
    lives = [play("4", "--pas", "12", hash_seed=seed) for seed in ("1", "2")]
    traces = [re.findall(r"^trace .*$", life, re.M) for life in lives]
    assert traces[0] == traces[1] != []
