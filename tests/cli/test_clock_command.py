"""`sge-sim clock` where nobody serves the folder: it says whether the clock has moved."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from held_lock import hold
from in_process import simulator_in_process
from running_simulator import refusal, run_command
from sqlalchemy.exc import OperationalError

from sge_sim.cli import clock as command
from sge_sim.clock import parse_instant
from sge_sim.commandes import echeances
from sge_sim.errors import UsageError
from sge_sim.facts.stored_clock import StoredClock

NOW = parse_instant("2025-03-10T10:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with simulator_in_process(tmp_path, population_size=0) as running:
        running.simulator.clock.freeze(NOW)
    return tmp_path


def shown(folder: Path) -> tuple[int, datetime]:
    """The number of the last setting, and what the clock reads."""
    options = ["show", "--data-dir", str(folder), "--json"]
    read = json.loads(CliRunner().invoke(command.clock, options).stdout)
    return read["numero"], datetime.fromisoformat(read["now"])


def test_a_lock_that_is_held_before_leaves_the_clock_where_it_is(folder: Path) -> None:
    before = shown(folder)
    with hold(folder / "sge-sim.db"):
        done = run_command("clock", "advance", "10d", "--data-dir", str(folder))
    assert "La base est prise" in refusal(done)
    assert shown(folder) == before


def test_a_lock_that_comes_after_is_told_with_what_was_reached(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meet_a_lock(*_arguments: object, **_options: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    monkeypatch.setattr(echeances, "catch_up_orders", meet_a_lock)
    before, _ = shown(folder)
    options = ["advance", "10d", "--data-dir", str(folder)]
    error = CliRunner().invoke(command.clock, options).exception
    assert isinstance(error, UsageError)
    assert str(error).startswith("L'horloge est réglée au 20/03/2025 10:00 ; ce qui est dû")
    assert "database is locked" in str(error)
    after, now = shown(folder)
    assert (after > before, now.day) == (True, 20)


def test_a_setting_of_another_in_between_leaves_the_clock_where_it_is(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbered = StoredClock.numbered

    def then_another_sets_it(clock: StoredClock) -> object:
        read = numbered(clock)
        clock.freeze(NOW)
        return read

    monkeypatch.setattr(StoredClock, "numbered", then_another_sets_it)
    options = ["advance", "10d", "--data-dir", str(folder)]
    error = CliRunner().invoke(command.clock, options).exception
    monkeypatch.undo()
    assert "n'a pas été déplacée" in str(error)
    assert shown(folder)[1] == NOW
