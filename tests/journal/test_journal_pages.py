"""Bodies that wait in pages: read where they stand, packed later, as if they had been at once."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from journal_kit import PLENTY, RECORD, codes, open_journal_in
from many_processes import PROCESSES

from sge_sim.journal import (
    Bounds,
    Journal,
    JournalFeed,
    RechercheJournal,
    book,
    drain,
    pages,
    spool,
)
from sge_sim.machine import monde

COUNT, MANY = 60, 20_000


@pytest.fixture(autouse=True)
def _many_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have some ten kilobytes be many, in files of which several wait."""
    monkeypatch.setattr(drain, "_AT_ONCE", MANY)
    monkeypatch.setattr(spool, "_FILE_MAX", 50_000)


def body(number: int) -> bytes:
    return f"<mesure>{number}</mesure>".encode() * 200


def append_many(journal: Journal, count: int = COUNT) -> None:
    for number in range(count):
        journal.append(replace(RECORD, code=str(number), request=b"", response=body(number)))


def pages_of(folder: Path) -> list[Path]:
    return sorted((folder / "journal-en-attente").glob("*.page"))


def assert_whole(journal: Journal, count: int = COUNT) -> None:
    found = journal.find_echanges(limit=1000, with_bodies=True)
    wanted = [(str(number), b"", body(number)) for number in range(count)][::-1]
    assert [(each.code, each.request, each.response) for each in found] == wanted
    one = journal.find_echange(found[-1].id)
    assert one is not None
    assert one.response == body(0)


def pack_all(journal: Journal, folder: Path) -> None:
    for _ in range(20):
        journal.pack()
    assert not pages_of(folder)


def test_bodies_are_the_same_before_and_after_they_are_packed(
    journal: Journal, tmp_path: Path
) -> None:
    append_many(journal)
    assert_whole(journal)
    assert len(pages_of(tmp_path)) > 2
    row = journal.state().bytes
    journal.close()
    journal.append(RECORD)
    journal.drain()
    pack_all(journal, tmp_path)
    assert len(codes(journal, code="SGT200")) == 1
    found = journal.find_echanges(limit=1000)
    assert journal.state().bytes == sum(each.size for each in found) > row
    assert journal.state().missing == 0
    journal.forget_after_mark("none")
    assert [each.response for each in journal.find_echanges(limit=1, with_bodies=True)] == [
        RECORD.response
    ]
    assert journal.find_echanges(RechercheJournal(code="7"), with_bodies=True)[0].response == body(
        7
    )


def test_whoever_drains_for_all_packs_where_few_come(journal: Journal, tmp_path: Path) -> None:
    append_many(journal)
    journal.close()
    journal.drain()
    assert pages_of(tmp_path)
    feed = JournalFeed(journal)
    feed.newest = COUNT
    with feed.running():
        for _ in range(100):
            time.sleep(0.05)
            if not pages_of(tmp_path):
                break
    assert not pages_of(tmp_path)
    assert_whole(journal)


STEPS: dict[str, tuple[Any, str]] = {
    "commit": (drain, "count_and_trim"),
    "stored": (drain.Drainer, "_finish"),
    "marked": (drain.Drainer, "_remove"),
    "renamed": (monde, "unlink"),
    "packed": (pages, "count_and_trim"),
}


def work_and_die(folder: Path, stop: str) -> None:
    drain._AT_ONCE = MANY  # type: ignore[misc]
    setattr(*STEPS[stop], lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
    journal = open_journal_in(folder)
    journal.drain()
    pack_all(journal, folder)


@pytest.mark.parametrize("stop", STEPS)
def test_whoever_is_killed_at_any_step_loses_no_body(
    journal: Journal, tmp_path: Path, stop: str
) -> None:
    append_many(journal)
    journal.close()
    working = PROCESSES.Process(target=work_and_die, args=(tmp_path, stop))
    working.start()
    working.join()
    assert working.exitcode == -signal.SIGKILL
    assert_whole(journal)
    pack_all(journal, tmp_path)
    assert_whole(journal)
    assert journal.state().missing == 0


def test_a_body_that_is_packed_as_it_is_read_is_found(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append_many(journal)
    journal.close()
    journal.drain()
    read: Callable[..., pages.Bodies] = pages.bodies_at

    def late(*given: Any, **options: Any) -> pages.Bodies:
        pack_all(journal, tmp_path)
        return read(*given, **options)

    monkeypatch.setattr(book, "bodies_at", late)
    assert_whole(journal)


@pytest.mark.parametrize(("spoil", "cause"), [(True, "abime"), (False, "disparu")])
def test_a_page_that_is_spoilt_costs_its_bodies_alone_and_they_are_told(
    journal: Journal, tmp_path: Path, spoil: bool, cause: str
) -> None:
    append_many(journal)
    journal.close()
    journal.drain()
    page = pages_of(tmp_path)[0]
    if spoil:
        page.write_bytes(bytes(page.stat().st_size))
    else:
        page.unlink()
    for packs in (False, True):
        if packs:
            pack_all(journal, tmp_path)
        found = journal.find_echanges(limit=1000, with_bodies=True)
        assert len(found) == COUNT
        lost = [each for each in found if each.response is None]
        assert 0 < len(lost) < COUNT
    assert {(each.cause, each.echanges) for each in journal.avaries()} == {(cause, 1)}
    assert journal.state().missing == len(lost)


def test_what_is_forgotten_before_is_never_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_journal_in(tmp_path, Bounds(10, 10**9))
    packed: list[object] = []
    monkeypatch.setattr(pages, "packed", lambda frame: packed.append(frame))
    append_many(journal)
    journal.close()
    journal.append(replace(RECORD, kind="http", request=None, response=None))
    assert codes(journal, kinds=frozenset({"soap"})) == [
        str(COUNT - 1 - each) for each in range(10)
    ]
    assert sum(page.stat().st_size for page in pages_of(tmp_path)) < 100_000
    assert packed == []
    journal.close()


def test_pages_take_no_more_than_what_may_wait(tmp_path: Path) -> None:
    journal = open_journal_in(tmp_path, PLENTY, max_pending=120_000)
    for _ in range(4):
        append_many(journal, 20)
        journal.close()
        journal.drain()
    assert 0 < sum(page.stat().st_size for page in pages_of(tmp_path)) < 120_000
    assert journal.state().missing == 0
    assert len(codes(journal)) == 80
