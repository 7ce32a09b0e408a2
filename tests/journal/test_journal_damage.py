"""A spool that the disk spoilt: only what it spoilt is missing, and each of it is told."""

import errno
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from journal_kit import RECORD, codes, open_journal_in, waiting

from sge_sim.journal import Journal, drain, spool
from sge_sim.journal.frames import Frame
from sge_sim.machine import monde

PLACES = 200
TORN_BYTES = 150


def frames_of(file: Path) -> list[Frame]:
    """Return all the records of a sound file."""
    found: list[Frame] = []
    while part := spool.read_part(
        file, found[-1].end if found else spool.HEADER, len(found), settled=True
    ):
        assert all(isinstance(item, Frame) for item in part)
        found += [item for item in part if isinstance(item, Frame)]
    return found


def code_of(frame: Frame) -> str:
    code = drain.decode(frame.fields)["code"]
    assert isinstance(code, str)
    return code


def tear(file: Path, at: int, content: bytes = bytes(TORN_BYTES)) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(content)


def append_many(journal: Journal, count: int, chance: Random) -> None:
    """Append records of all sizes, some without a body, some that look like a spool inside."""
    for number in range(count):
        size = chance.choice((0, 30, 900, 5_000, 33_000))
        inside = b"\xf5ECH" * 20 if number % 10 == 0 else b""
        body = None if size == 0 else inside + chance.randbytes(size)
        journal.append(replace(RECORD, code=str(number), request=body, response=body))


@pytest.mark.parametrize("seed", range(3))
def test_of_a_spool_torn_in_200_places_only_torn_records_are_missing_counted_and_listed(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(spool, "_FILE_MAX", 2_000_000)
    monkeypatch.setattr(spool, "_READ", 300_000)
    chance = Random(seed)
    append_many(journal, 1_500, chance)
    journal.close()
    files = waiting(tmp_path)
    whole = {file: file.read_bytes() for file in files}
    frames = {file: frames_of(file) for file in files}
    assert len(files) > 5
    assert sum(map(len, frames.values())) == 1_500
    for _ in range(PLACES):
        file = chance.choice(files)
        at = chance.randrange(spool.HEADER, len(whole[file]) - TORN_BYTES)
        tear(file, at, chance.choice((bytes(TORN_BYTES), chance.randbytes(TORN_BYTES))))
    left = {file: file.read_bytes() for file in files}
    torn = {
        code_of(frame): (file.name, frame)
        for file in files
        for frame in frames[file]
        if left[file][frame.start : frame.end] != whole[file][frame.start : frame.end]
    }
    kept = [str(number) for number in range(1_500) if str(number) not in torn]
    assert codes(journal)[::-1] == kept
    avaries = journal.avaries()
    assert sum(each.echanges for each in avaries) == len(torn) == journal.state().missing
    for name, frame in torn.values():
        (avarie,) = (
            each
            for each in avaries
            if each.spool == name and each.start <= frame.start < each.start + each.octets
        )
        assert avarie.cause == "abime"
    assert waiting(tmp_path) == []
    assert not journal.state().acknowledged
    journal.acknowledge()
    assert journal.state().acknowledged
    assert journal.state().missing == len(torn)
    assert [each.acquitte for each in journal.avaries()] == [True] * len(avaries)


@pytest.mark.parametrize("offset", [-75, 0, 40])
def test_behind_a_torn_record_the_next_of_a_process_that_goes_on_is_found(
    journal: Journal, tmp_path: Path, offset: int
) -> None:
    for number in range(5):
        journal.append(replace(RECORD, code=str(number), response=b"x" * 500))
    (file,) = waiting(tmp_path)
    tear(file, frames_of(file)[2].start + offset)
    torn = {"1", "2"} if offset < 0 else {"2"}
    assert codes(journal)[::-1] == [code for code in "01234" if code not in torn]
    journal.append(replace(RECORD, code="after"))
    assert codes(journal, limit=1) == ["after"]
    assert journal.state().missing == len(torn)


def test_a_record_that_is_being_written_is_waited_for_and_torn_if_it_never_ends(
    journal: Journal,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    journal.append(RECORD)
    journal.append(replace(RECORD, code="torn"))
    (file,) = waiting(tmp_path)
    last = frames_of(file)[1]
    tear(file, last.start + 10, bytes(20))
    assert codes(journal) == ["SGT200"]
    assert journal.avaries() == []
    monkeypatch.setattr(drain, "_STUCK_MS", 0.0)
    assert [avarie.echanges for avarie in journal.avaries()] == [1]
    assert "1 avarie dans les échanges en attente" in caplog.text
    journal.append(replace(RECORD, code="after"))
    assert codes(journal) == ["after", "SGT200"]
    assert journal.state().missing == 1


def test_records_lost_with_the_middle_of_a_file_are_counted(
    journal: Journal, tmp_path: Path
) -> None:
    """The file was cut, its process went on behind the hole."""
    for number in range(10):
        journal.append(replace(RECORD, code=str(number)))
    (file,) = waiting(tmp_path)
    os.truncate(file, frames_of(file)[4].start + 50)
    journal.append(replace(RECORD, code="after"))
    assert codes(journal)[::-1] == ["0", "1", "2", "3", "after"]
    assert journal.state().missing == 6


def test_a_header_that_is_torn_costs_no_record_and_is_told(
    journal: Journal, tmp_path: Path
) -> None:
    journal.append(RECORD)
    journal.close()
    (file,) = waiting(tmp_path)
    tear(file, 0, bytes(spool.HEADER))
    assert codes(journal) == ["SGT200"]
    assert [(avarie.cause, avarie.echanges) for avarie in journal.avaries()] == [("entete", 0)]
    assert not journal.state().acknowledged
    assert waiting(tmp_path) == []


def test_a_file_of_nothing_readable_stops_nobody(journal: Journal, tmp_path: Path) -> None:
    journal.append(RECORD)
    (file,) = waiting(tmp_path)
    (file.parent / "0-noise.spool").write_bytes(Random(1).randbytes(5_000_000))
    (file.parent / "0-empty.spool").write_bytes(b"")
    assert codes(journal) == ["SGT200"]
    assert sum(each.octets for each in journal.avaries() if each.cause == "abime") == 5_000_000 - 64
    assert journal.state().missing == 1
    assert waiting(tmp_path) == [file]


def test_what_another_file_held_is_not_taken_for_a_record_of_this_one(
    journal: Journal, tmp_path: Path
) -> None:
    """After a crash of the machine a block may hold what it held before."""
    journal.append(replace(RECORD, code="old"))
    (file,) = waiting(tmp_path)
    old = file.read_bytes()[spool.HEADER :]
    journal.close()
    journal.append(replace(RECORD, code="new", response=b"x" * 5_000))
    (_, file) = waiting(tmp_path)
    tear(file, spool.HEADER + 1_000, old)
    assert codes(journal) == ["old"]
    journal.close()
    assert codes(journal) == ["old"]
    assert journal.state().missing == 1


def test_an_acknowledged_journal_is_no_longer_well_when_more_is_missing(
    journal: Journal, tmp_path: Path
) -> None:
    for _ in range(2):
        journal.append(RECORD)
        journal.append(RECORD)
        tear(waiting(tmp_path)[-1], waiting(tmp_path)[-1].stat().st_size - 160)
        journal.close()
        journal.drain()
        assert not journal.state().acknowledged
        journal.acknowledge()
        assert journal.state().acknowledged
    journal.append(replace(RECORD, duration_ms=object()))  # type: ignore[arg-type]
    assert not journal.state().acknowledged
    journal.acknowledge()
    assert journal.state().acknowledged
    assert journal.state().missing == 3


def test_a_record_cut_by_the_end_of_its_process_leaves_nothing_missing(
    journal: Journal, tmp_path: Path
) -> None:
    """Nobody was answered yet: a process that is killed loses nothing that it answered."""
    journal.append(RECORD)
    journal.append(RECORD)
    journal.close()
    (file,) = waiting(tmp_path)
    os.truncate(file, file.stat().st_size - 10)
    assert codes(journal) == ["SGT200"]
    assert waiting(tmp_path) == []
    assert journal.avaries() == []
    assert journal.state().acknowledged
    assert journal.state().missing == 0


@pytest.mark.parametrize("all_of_it", [False, True])
def test_a_file_that_vanished_is_told_once_and_its_process_begins_another(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, all_of_it: bool
) -> None:
    monkeypatch.setattr(spool, "_LOOKS_APART", timedelta(0))
    journal.append(RECORD)
    reader = open_journal_in(tmp_path)
    assert codes(reader) == ["SGT200"]
    (file,) = waiting(tmp_path)
    file.unlink()
    if all_of_it:
        for path in file.parent.iterdir():
            path.unlink()
        file.parent.rmdir()
    reader.close()
    reader = open_journal_in(tmp_path)  # one that has seen nothing before
    for _ in range(2):
        assert [(each.cause, each.spool) for each in reader.avaries()] == [("disparu", file.name)]
    assert not reader.state().acknowledged
    journal.append(replace(RECORD, code="after"))
    assert codes(reader) == ["after", "SGT200"]
    reader.acknowledge()
    reader.drain()
    assert reader.state().acknowledged
    reader.close()


def test_a_record_that_cannot_be_decoded_is_told_and_passed_over(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("sge_sim.journal.frames.encode", lambda _record: b"[1,")
        journal.append(RECORD)
    journal.append(replace(RECORD, code="after"))
    assert codes(journal) == ["after"]
    assert [(avarie.cause, avarie.echanges) for avarie in journal.avaries()] == [("illisible", 1)]


def test_a_block_that_the_disk_cannot_read_costs_its_records_alone(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        journal.append(replace(RECORD, code=str(number), response=b"x" * 1_000))
    (file,) = waiting(tmp_path)
    pread, bad = os.pread, range(8_192, 12_288)
    lost = [
        code_of(each) for each in frames_of(file) if each.start < bad.stop and each.end > bad.start
    ]

    def spoilt(handle: int, length: int, at: int) -> bytes:
        if at < bad.stop and at + length > bad.start:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return pread(handle, length, at)

    monkeypatch.setattr(os, "pread", spoilt)
    found = codes(journal)
    assert len(lost) > 2
    assert sorted({str(number) for number in range(40)} - set(map(str, found))) == sorted(lost)
    assert journal.state().missing == len(lost)


def test_what_cannot_be_stored_for_whatever_reason_is_told_and_the_journal_is_read(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(RECORD)
    assert codes(journal) == ["SGT200"]
    journal.append(RECORD)
    with monkeypatch.context() as patch:
        patch.setattr(drain, "_insert", lambda *_: 1 / 0)
        assert codes(journal) == ["SGT200"]
        assert "ZeroDivisionError" in (journal.state().failure or "")
    assert len(codes(journal)) == 2
    assert journal.state().failure is None


def test_the_bound_of_what_waits_holds_however_many_processes_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing drains: 2 MB are 2 MB, and what came beyond is counted."""
    bound = 2_000_000
    journals = [open_journal_in(tmp_path, max_pending=bound) for _ in range(6)]
    for number in range(200):
        for journal in journals:
            journal.append(replace(RECORD, response=bytes(8_000 + number)))
    size = sum(file.stat().st_size for file in waiting(tmp_path))
    assert bound * 0.9 < size <= bound
    for journal in journals:
        journal.close()
    stored = len(codes(journals[0]))
    given_up = journals[0].state().missing + sum(each._writer.given_up for each in journals[1:])
    assert stored + given_up == 1_200


def test_a_large_record_is_kept_where_there_is_room(tmp_path: Path) -> None:
    journal = open_journal_in(tmp_path, max_pending=2_000_000)
    journal.append(replace(RECORD, response=bytes(1_500_000)))
    journal.append(replace(RECORD, response=bytes(1_500_000)))
    assert len(codes(journal)) == 1
    assert journal.state().missing == 1
    journal.close()


def test_an_append_is_one_system_call_and_a_look_each_second(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.append(RECORD)
    calls: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(os, name)
        return lambda *given: (calls.append(name), real(*given))[1]

    with monkeypatch.context() as patch:
        for name in ("pwritev", "pwrite", "write", "fstat", "lseek", "fsync", "ftruncate"):
            for module in (monde, os):
                patch.setattr(module, name, counted(name), raising=module is os)
        for number in range(200):  # two seconds
            instant = RECORD.machine_instant + timedelta(milliseconds=10 * number)
            journal.append(replace(RECORD, machine_instant=instant, response=bytes(33_000)))
    assert calls.count("pwritev") == 200
    assert calls.count("fstat") <= 2
    assert set(calls) <= {"pwritev", "fstat"}
