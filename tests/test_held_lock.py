"""What watches the transactions of the suite sees those that hold the lock for too long."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import held_lock
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import Pool

from sge_sim.store.database import Database, sqlite_url


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    notes = tmp_path / "notes"
    notes.mkdir()
    watching = held_lock.Watch(notes)
    event.listen(Engine, "begin", watching.begin)
    event.listen(Pool, "checkin", watching.end)
    yield notes
    event.remove(Engine, "begin", watching.begin)
    event.remove(Pool, "checkin", watching.end)


def compute(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def test_a_transaction_that_computes_for_too_long_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held_lock, "MOST_SECONDS", 0.2)
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    with database.transaction() as session:
        session.connection()
        compute(0.15)
        time.sleep(0.3)  # as on a machine that is busy
    assert held_lock.too_long(folder) == []
    with database.sessions() as session:
        session.connection()
        compute(0.3)  # holds no lock
    assert held_lock.too_long(folder) == []
    with database.transaction() as session:
        session.connection()
        compute(0.25)
    (told,) = held_lock.too_long(folder)
    assert "tests/test_held_lock.py" in told
    database.dispose()


def test_each_process_notes_its_own(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "sge-sim.db"
    if (child := os.fork()) == 0:
        with Database(sqlite_url(path)).transaction() as session:
            session.connection()
            compute(0.15)
        os._exit(0)
    os.waitpid(child, 0)
    assert [note.stem for note in folder.glob("*.json")] == [str(child)]
