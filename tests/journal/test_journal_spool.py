"""The spool: what outlives a process that is killed, and what a full disk costs."""

import contextlib
import errno
import fcntl
import logging
import os
import signal
import sqlite3
from collections import Counter
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from journal_kit import RECORD, codes, open_journal_in, waiting
from many_processes import PROCESSES

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.journal import Journal, drain, spool
from sge_sim.machine import monde


def append_for_ever(folder: Path, parent: Connection) -> None:
    journal, number = open_journal_in(folder), 0
    while True:
        journal.append(replace(RECORD, code=str(number), response=b"x" * 30000))
        parent.send(number)
        number += 1


def test_a_process_that_is_killed_loses_nothing_that_it_appended(
    journal: Journal, tmp_path: Path
) -> None:
    here, there = PROCESSES.Pipe()
    answering = PROCESSES.Process(target=append_for_ever, args=(tmp_path, there))
    answering.start()
    there.close()
    numbers = [here.recv() for _ in range(200)]
    answering.kill()
    answering.join()
    with contextlib.suppress(EOFError):
        while True:
            numbers.append(here.recv())
    found = codes(journal)
    assert len(found) - len(numbers) in (0, 1)  # it may have been killed before it told
    assert found[::-1] == [str(number) for number in range(len(found))]
    assert waiting(tmp_path) == []


def test_records_of_a_process_keep_their_order_however_many_files_wait(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older file is read to its end, in parts, before the one that follows it."""
    monkeypatch.setattr(spool, "_FILE_MAX", 100_000)
    monkeypatch.setattr(spool, "_READ", 20_000)
    monkeypatch.setattr(drain, "_BATCH_BYTES", 50_000)
    same = RECORD.machine_instant
    for number in range(60):
        journal.append(
            replace(RECORD, code=str(number), machine_instant=same, response=b"x" * 6_000)
        )
    assert codes(journal)[::-1] == [str(number) for number in range(60)]


STEPS: dict[str, tuple[Any, str]] = {
    "commit": (drain, "count_and_trim"),
    "stored": (drain.Drainer, "_finish"),
    "marked": (drain.Drainer, "_remove"),
    "removed": (monde, "unlink"),
}


def drain_and_die(folder: Path, stop: str) -> None:
    setattr(*STEPS[stop], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    open_journal_in(folder).drain()


@pytest.mark.parametrize("stop", STEPS)
def test_a_drainer_killed_at_any_step_stores_each_record_once(
    journal: Journal, tmp_path: Path, stop: str
) -> None:
    for number in range(300):
        journal.append(replace(RECORD, code=str(number)))
    journal.close()  # nobody holds the file any more: it is to be removed
    draining = PROCESSES.Process(target=drain_and_die, args=(tmp_path, stop))
    draining.start()
    draining.join()
    assert draining.exitcode == -signal.SIGKILL
    assert len(waiting(tmp_path)) == 1
    assert codes(journal) == [str(number) for number in range(299, -1, -1)]
    assert waiting(tmp_path) == []


def append_and_drain(folder: Path, worker: int) -> None:
    journal = open_journal_in(folder)
    for number in range(150):
        journal.append(replace(RECORD, code=f"{worker}-{number}"))
        if number % 7 == worker:
            journal.drain()
    journal.close()


def test_processes_that_append_and_drain_at_once_store_each_record_once(
    journal: Journal, tmp_path: Path
) -> None:
    processes = [
        PROCESSES.Process(target=append_and_drain, args=(tmp_path, worker)) for worker in range(4)
    ]
    for process in processes:
        process.start()
    followed, last = Counter[str | None](), 0
    while any(process.is_alive() for process in processes):
        for echange in journal.find_echanges(after_id=last, limit=1000):
            followed[echange.code] += 1
            last = echange.id
    for process in processes:
        process.join()
    followed.update(each.code for each in journal.find_echanges(after_id=last, limit=10_000))
    assert [process.exitcode for process in processes] == [0] * 4
    expected = {f"{worker}-{number}": 1 for worker in range(4) for number in range(150)}
    assert Counter(codes(journal)) == expected
    # Whoever follows by the identifiers sees each as well: none comes under a smaller one.
    assert followed == expected
    # A process may have ended after its file was stored: whoever next stores anything removes it.
    journal.append(RECORD)
    journal.close()
    journal.drain()
    assert waiting(tmp_path) == []


def test_files_that_are_full_are_followed_by_others(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_FILE_MAX", 10_000)
    for number in range(100):
        journal.append(replace(RECORD, code=str(number), response=os.urandom(500)))
    assert len(waiting(tmp_path)) > 5
    assert codes(journal) == [str(number) for number in range(99, -1, -1)]
    assert len(waiting(tmp_path)) == 1


def test_a_record_larger_than_what_is_read_at_once_is_stored(journal: Journal) -> None:
    journal.append(replace(RECORD, response=b"x" * 5_000_000))
    journal.append(replace(RECORD, response=b"x" * 20_000_000))
    second, first = journal.find_echanges(with_bodies=True)
    assert len(first.response or b"") == 5_000_000
    assert len(second.response or b"") == 16 * 2**20


class Pwritev:
    """Stands for a disk that is full: no room for a record, or for a part of it only."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.write = os.pwritev

    def __call__(self, file: int, parts: list[bytes], at: int) -> int:
        if self.room == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.write(file, [b"".join(parts)[: self.room]], at)


@pytest.mark.parametrize("room", [0, 100])
def test_a_full_disk_is_counted_and_told_once_and_ends(
    journal: Journal,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    room: int,
    tmp_path: Path,
) -> None:
    journal.append(RECORD)
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(monde, "pwritev", Pwritev(room))
            for _ in range(3):
                journal.append(replace(RECORD, code="lost"))
        journal.append(replace(RECORD, code="after"))
    assert codes(journal) == ["after", "after", "SGT200"]
    # Another process sees the count too, and it outlives the file that bears it.
    assert open_journal_in(tmp_path).state().missing == 6
    (file,) = waiting(tmp_path)
    journal.close()
    journal.append(RECORD)
    journal.drain()
    assert not file.exists()
    assert journal.state().missing == 6
    warnings = [each for each in caplog.records if "journal ne peut pas être écrit" in each.message]
    assert len(warnings) == 2


def test_a_file_closed_under_the_journal_costs_one_record(journal: Journal, tmp_path: Path) -> None:
    journal.append(RECORD)
    os.close(journal._writer._file)
    journal.append(replace(RECORD, code="lost"))
    journal.append(replace(RECORD, code="after"))
    assert codes(journal) == ["after", "SGT200"]
    assert journal.state().missing == 1


def test_a_folder_that_cannot_be_made_never_raises(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = open_journal_in(tmp_path)
    (tmp_path / "journal-en-attente").write_text("not a folder", encoding="utf-8")
    for _ in range(5):
        journal.append(RECORD)
    assert journal.state().missing == 5
    assert len(caplog.records) == 1
    journal.close()


def test_a_record_that_cannot_be_written_down_never_raises(journal: Journal) -> None:
    journal.append(replace(RECORD, duration_ms=object()))  # type: ignore[arg-type]
    journal.append(RECORD)
    assert codes(journal) == ["SGT200"]
    assert journal.state().missing == 1


def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "_FILE_MAX", 10_000)
    journal = open_journal_in(tmp_path, max_pending=50_000)
    for _ in range(200):
        journal.append(replace(RECORD, response=os.urandom(1000)))
    lost = journal.state().missing
    assert lost > 100
    assert sum(file.stat().st_size for file in waiting(tmp_path)) < 80_000
    assert len(codes(journal)) == 200 - lost
    journal.append(replace(RECORD, code="after"))
    assert codes(journal, limit=1) == ["after"]
    journal.close()


def test_a_journal_that_cannot_be_stored_waits_and_is_read_as_it_is(
    journal: Journal, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal.append(RECORD)
    assert codes(journal) == ["SGT200"]
    change = "ALTER TABLE {} RENAME TO {}"
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute(change.format("spool", "away"))
    connection.close()
    for _ in range(3):
        journal.append(replace(RECORD, code="waits"))
        assert codes(journal) == ["SGT200"]
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute(change.format("away", "spool"))
    connection.close()
    assert codes(journal) == ["waits", "waits", "waits", "SGT200"]
    assert journal.state().missing == 0


def test_who_appends_never_waits_for_who_drains(journal: Journal, tmp_path: Path) -> None:
    journal.append(RECORD)
    folder = tmp_path / "journal-en-attente"
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with sqlite3.connect(tmp_path / "journal.db", isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        appended = Event()
        Thread(target=lambda: (journal.append(RECORD), appended.set())).start()
        assert appended.wait(5)
        connection.execute("ROLLBACK")
    connection.close()
    os.close(handle)
    assert len(codes(journal)) == 2


def test_who_reads_waits_for_what_was_recorded_before_not_for_who_goes_on(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients that call faster than the journal is stored kept its pages waiting without end."""
    come_meanwhile = []

    def give_back() -> None:
        assert len(come_meanwhile) < 10, "it never ends"
        come_meanwhile.append("MEANWHILE")
        journal.append(replace(RECORD, code="MEANWHILE"))

    monkeypatch.setattr(drain, "give_back_freed_memory", give_back)
    journal.append(replace(RECORD, code="BEFORE"))
    assert codes(journal) == ["BEFORE"]
    monkeypatch.undo()
    assert codes(journal) == [*come_meanwhile, "BEFORE"]


def test_an_append_costs_a_write(journal: Journal) -> None:
    record = replace(RECORD, request=b"x" * 1000, response=b"y" * 32_000)
    times = []
    for _ in range(500):
        started = stopwatch()
        journal.append(record)
        times.append(elapsed_ms(started))
    assert sorted(times)[100] < 0.2  # 0.03 on an idle machine; a commit would take more


def test_reading_an_idle_journal_takes_no_lock(journal: Journal, tmp_path: Path) -> None:
    journal.append(RECORD)
    assert codes(journal) == ["SGT200"]
    handle = os.open(tmp_path / "journal-en-attente" / ".lock", os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert codes(journal) == ["SGT200"]
    os.close(handle)
