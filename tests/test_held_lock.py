"""What watches the transactions of the suite sees those that hold the lock for too long."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import held_lock
import pytest
from made_states import prepared_database
from many_processes import run_at_once
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from sge_sim.commandes.echeances import transaction_on
from sge_sim.facts.database import Database


def watch(folder: Path) -> held_lock.Watch:
    watching = held_lock.Watch(folder)
    event.listen(Engine, "begin", watching.begin)
    event.listen(Pool, "checkin", watching.end)
    return watching


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    notes = tmp_path / "notes"
    notes.mkdir()
    watching = watch(notes)
    yield notes
    event.remove(Engine, "begin", watching.begin)
    event.remove(Pool, "checkin", watching.end)


def compute(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def write(database: Database, seconds: float) -> None:
    """Compute in a transaction of the simulator."""
    with transaction_on(database, None):
        compute(seconds)


def test_a_transaction_that_computes_for_too_long_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_lock, "MOST_SECONDS", 0.4)
    database = prepared_database(tmp_path / "sge-sim.db")
    with transaction_on(database, None):
        compute(0.11)
        time.sleep(0.3)  # as on a machine that is busy
    with database.sessions() as session:
        session.connection()
        compute(0.45)  # holds no lock
    with database.transaction() as session:
        session.connection()
        compute(0.45)  # what a test makes for itself
    assert held_lock.too_long(folder) == []
    write(database, 0.45)
    (sentence,) = held_lock.too_long(folder)
    assert "commandes/echeances.py" in sentence
    database.dispose()


def have_a_child_note(folder: Path) -> None:
    database = prepared_database(folder / "sge-sim.db")
    watch(folder)
    if (child := os.fork()) == 0:
        write(database, 0.15)
        os._exit(0)
    os.waitpid(child, 0)
    assert [note.stem for note in folder.glob("*.json")] == [str(child)]


def test_each_process_notes_its_own(tmp_path: Path) -> None:
    run_at_once(1, have_a_child_note, tmp_path)
