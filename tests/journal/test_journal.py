"""The journal: what is recorded, found again and forgotten."""

import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from journal_kit import PLENTY, RECORD, codes, only, open_journal_in
from sqlalchemy import Connection

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.journal import Bounds, EchangeRecord, Journal, JournalFeed, RechercheJournal, retention
from sge_sim.refus import Rule

RULE = Rule(
    code="SGT566",
    name="accord_donne",
    source="GUI 0469",
    provenance="documented",
    remede="accord=true",
)
HANDSHAKE = EchangeRecord(
    instant=RECORD.instant,
    machine_instant=RECORD.machine_instant,
    duration_ms=3.0,
    kind="handshake",
    detail="aucun certificat présenté",
)
FILE = replace(HANDSHAKE, kind="flux", detail="Flux R50")


def open_state(folder: Path) -> Database:
    return Database(sqlite_url(folder / "sge-sim.db"))


JournalWith = Callable[..., Journal]


@pytest.fixture
def journal_with(tmp_path: Path) -> Iterator[JournalWith]:
    """Give what opens the journal of the test with its bounds."""
    opened = []

    def make(max_records: int = 10_000, max_bytes: int = 10**9, **options: int) -> Journal:
        opened.append(open_journal_in(tmp_path, Bounds(max_records, max_bytes), **options))
        return opened[-1]

    yield make
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(journal_with: JournalWith) -> Journal:
    return journal_with()


def test_a_record_is_in_the_journal_for_whoever_asks_after_append(
    journal: Journal, journal_with: JournalWith
) -> None:
    journal.append(RECORD)
    assert codes(journal_with()) == ["SGT200"]
    journal.append(replace(RECORD, code="SGT566"))
    assert codes(journal) == ["SGT566", "SGT200"]


def test_everything_that_was_recorded_is_read_back(journal: Journal) -> None:
    refused = replace(RECORD, code="SGT566", http_status=500, rule=RULE, detail="é\nà")
    journal.append(refused)
    echange = only(journal)
    for field in fields(EchangeRecord):
        assert getattr(echange, field.name) == getattr(refused, field.name), field.name


def test_what_has_no_body_is_told_from_an_empty_one(journal: Journal) -> None:
    journal.append(HANDSHAKE)
    echange = only(journal)
    assert (echange.service, echange.request, echange.response) == (None, None, None)
    assert echange.rule is None
    journal.append(replace(RECORD, request=b""))
    assert journal.find_echanges(with_bodies=True)[0].request == b""


def test_a_text_that_no_database_holds_is_recorded_all_the_same(journal: Journal) -> None:
    journal.append(replace(RECORD, detail="a\0b\udc80c", remote_address="\0"))
    echange = only(journal)
    assert echange.detail == "a\N{REPLACEMENT CHARACTER}b?c"
    assert echange.remote_address == "\N{REPLACEMENT CHARACTER}"


def test_no_field_is_longer_than_its_bound(journal: Journal) -> None:
    long = "x" * 10**6
    texts = [field.name for field in fields(EchangeRecord) if field.type == str | None]
    assert len(texts) == 10
    rule = Rule(code=long, name=long, source=long, provenance=long, remede=long)
    record = EchangeRecord(
        instant=RECORD.instant,
        machine_instant=RECORD.machine_instant,
        duration_ms=1,
        kind="soap",
        rule=rule,
        **dict.fromkeys(texts, long),  # type: ignore[arg-type]
    )
    journal.append(record)
    echange = only(journal)
    contents = [getattr(echange, name) for name in texts]
    contents += [getattr(echange.rule, field.name) for field in fields(Rule)]
    assert max(map(len, contents)) == 4000
    assert all(each.endswith("…") for each in contents)
    assert len(echange.certificate_subject or "") == 300


def test_the_size_counts_every_field_and_bodies_compressed(journal: Journal) -> None:
    journal.append(HANDSHAKE)
    journal.append(replace(HANDSHAKE, detail="x" * 1000))
    longer, shorter = journal.find_echanges()
    assert longer.size - shorter.size == 1000 - len(HANDSHAKE.detail or "")
    journal.append(replace(RECORD, response=b"<mesure>1</mesure>" * 2000))
    newest = journal.find_echanges(with_bodies=True)[0]
    assert newest.size < 1000
    assert newest.response == b"<mesure>1</mesure>" * 2000


def test_a_listing_does_not_read_the_bodies(journal: Journal) -> None:
    journal.append(RECORD)
    (light,) = journal.find_echanges()
    assert (light.request, light.response) == (None, None)
    (whole,) = journal.find_echanges(with_bodies=True)
    assert whole.response == b"<reponse/>"


def test_whoever_follows_the_journal_misses_nothing(journal: Journal) -> None:
    followed, last = [], 0
    for number in range(5):
        journal.append(replace(RECORD, code=str(number)))
        if number % 2:
            new = journal.find_echanges(after_id=last)
            followed += [echange.code for echange in new]
            last = new[-1].id
    assert followed == ["0", "1", "2", "3"]


def test_identifiers_follow_the_order_of_the_machine_instants(
    journal: Journal, journal_with: JournalWith
) -> None:
    """Two processes answered in turn; nobody read in between."""
    other = journal_with()
    for number in range(10):
        instant = RECORD.machine_instant + timedelta(milliseconds=number)
        record = replace(RECORD, code=str(number), machine_instant=instant)
        (journal, other)[number % 2].append(record)
    assert codes(journal) == [str(number) for number in range(9, -1, -1)]


def test_identifiers_go_on_after_those_that_campaigns_remember(tmp_path: Path) -> None:
    journal = Journal.beside(open_state(tmp_path), tmp_path)
    journal.prepare(PLENTY, after_id=41)
    journal.append(RECORD)
    assert only(journal).id == 42
    journal.close()


def test_the_journal_keeps_the_newest_of_each_kind(journal_with: JournalWith) -> None:
    journal = journal_with(max_records=50)
    for number in range(120):
        journal.append(replace(RECORD, code=str(number)))
        journal.append(FILE)
        journal.append(HANDSHAKE)
    kinds = Counter(echange.kind for echange in journal.find_echanges(limit=1000))
    assert kinds == {"soap": 50, "flux": 50, "handshake": 50}
    calls = codes(journal, kinds=frozenset({"soap"}))
    assert calls == [str(number) for number in range(119, 69, -1)]


def test_files_never_evict_a_call_by_their_bytes(journal_with: JournalWith) -> None:
    journal = journal_with(max_bytes=200_000)
    journal.append(RECORD)
    for _ in range(300):
        journal.append(replace(FILE, detail="x" * 3000))
    found = journal.find_echanges(limit=1000)
    assert found[-1].kind == "soap"
    assert sum(echange.size for echange in found if echange.kind == "flux") <= 200_000 / 16


def test_the_journal_keeps_no_more_bytes_than_asked(journal_with: JournalWith) -> None:
    journal = journal_with(max_bytes=100_000)
    for _ in range(400):
        journal.append(replace(RECORD, detail="x" * 3000))
    found = journal.find_echanges(limit=1000)
    assert len(found) > 10
    assert sum(echange.size for echange in found) <= 100_000
    assert journal.state().bytes == sum(echange.size for echange in found)
    assert journal.state().records == len(found)


def test_a_record_larger_than_the_journal_is_kept_while_it_is_the_newest(
    journal_with: JournalWith,
) -> None:
    journal = journal_with(max_bytes=1000)
    for number in range(20):
        journal.append(replace(RECORD, code=str(number), detail="x" * 3000))
    assert codes(journal) == ["19"]


def test_bounds_made_smaller_hold_from_the_next_start(journal_with: JournalWith) -> None:
    journal = journal_with()
    for _ in range(300):
        journal.append(RECORD)
    journal.drain()
    assert len(codes(journal_with(max_records=20))) == 20


def test_whoever_drains_keeps_the_bounds_of_whoever_serves(
    journal_with: JournalWith, tmp_path: Path
) -> None:
    journal = journal_with(max_records=20)
    reader = Journal.beside(open_state(tmp_path), tmp_path)
    reader.prepare()
    for _ in range(50):
        journal.append(RECORD)
    assert len(codes(reader)) == 20
    reader.close()


def test_many_threads_lose_no_record(journal: Journal) -> None:
    def append(thread: int) -> None:
        for number in range(20):
            journal.append(replace(RECORD, code=f"{thread}-{number}"))
            assert codes(journal, code=f"{thread}-{number}")

    threads = [Thread(target=append, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, codes(journal))) == sorted(
        f"{thread}-{number}" for thread in range(8) for number in range(20)
    )


def test_the_mark_forgets_what_came_after_it_and_what_still_waited(
    journal: Journal, journal_with: JournalWith
) -> None:
    other = journal_with()
    journal.append(replace(RECORD, code="before"))
    other.append(replace(RECORD, code="waiting"))
    journal.mark()
    journal.append(replace(RECORD, code="after"))
    journal.drain()
    other.append(replace(RECORD, code="after too"))
    for _ in range(2):
        journal.forget_after_mark()
        assert codes(journal) == ["waiting", "before"]
        assert journal.state().records == 2
    journal.append(replace(RECORD, code="new"))
    assert codes(journal) == ["new", "waiting", "before"]
    assert journal.newest_id() == 5, "no exchange gets a number that was another's"
    journal.mark("none")
    journal.forget_after_mark("none")
    journal.forget_after_mark()
    journal.append(RECORD)
    assert journal.newest_id() == 6


def test_much_is_deleted_in_short_transactions(
    journal: Journal, journal_with: JournalWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a start with lower bounds, and at a reset: who drains meanwhile waits for one of them."""
    deleted: list[tuple[object, int]] = []
    delete = retention._delete

    def noted(connection: Connection, echanges: list[int]) -> None:
        deleted.append((connection.get_transaction(), len(echanges)))
        delete(connection, echanges)

    def by_transaction() -> list[int]:
        counts: Counter[object] = Counter()
        for transaction, count in deleted:
            counts[transaction] += count
        deleted.clear()
        return [count for count in counts.values() if count]

    monkeypatch.setattr(retention, "_delete", noted)
    journal.append(RECORD)
    journal.mark()
    for number in range(1200):
        journal.append(replace(RECORD, code=str(number)))
    journal.drain()
    lowered = journal_with(max_records=1100)
    assert by_transaction() == [101]
    journal_with(max_records=30)
    assert by_transaction() == [500, 500, 70]
    assert codes(lowered) == [str(number) for number in range(1199, 1169, -1)]
    raised = journal_with()
    for number in range(1000):
        raised.append(replace(RECORD, code=f"after {number}"))
    raised.forget_after_mark()
    assert by_transaction() == [500, 500, 30]
    assert (codes(raised), raised.state().records) == ([], 0)


@pytest.mark.parametrize("version", [1, 99])
def test_a_journal_of_another_version_is_refused(
    journal: Journal, tmp_path: Path, version: int
) -> None:
    with sqlite3.connect(tmp_path / "journal.db") as connection:
        connection.execute("UPDATE reglage SET valeur = ? WHERE nom = 'version'", (version,))
    connection.close()
    with pytest.raises(UsageError, match="autre version"):
        open_journal_in(tmp_path)


def test_two_states_in_one_folder_have_a_journal_each(tmp_path: Path) -> None:
    journals = [
        Journal.beside(Database(sqlite_url(tmp_path / name)), tmp_path) for name in ("a.db", "b.db")
    ]
    for journal in journals:
        journal.prepare(PLENTY)
    journals[0].append(RECORD)
    assert [len(codes(journal)) for journal in journals] == [1, 0]
    for journal in journals:
        journal.close()


def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def test_who_waits_is_told_of_an_exchange_that_another_process_answered(
    journal: Journal, journal_with: JournalWith
) -> None:
    feed = JournalFeed(journal)
    with feed.running():
        assert feed.newest == 0
        journal_with().append(RECORD)
        eventually(lambda: feed.newest == 1)


def test_a_call_that_comes_before_the_thread_has_started_is_told(
    journal: Journal, journal_with: JournalWith, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients are accepted once the block has begun; a busy machine starts threads later."""
    answering, start, said = journal_with(), Thread.start, list[int]()

    def start_late(thread: Thread) -> None:
        if not answering.newest_id():
            answering.append(RECORD)
        start(thread)

    monkeypatch.setattr(Thread, "start", start_late)
    feed = JournalFeed(journal)
    with feed.running(lambda echange: said.append(echange.id)):
        eventually(lambda: bool(said))
    assert said == [1]


def test_what_is_appended_is_stored_without_a_reader(
    journal: Journal, journal_with: JournalWith
) -> None:
    answering = journal_with()
    answering.append(RECORD)
    assert answering.state().pending_bytes > 0
    with JournalFeed(journal).running():
        pass
    assert answering.state().pending_bytes == 0
    assert answering.state().records == 1


def test_a_search_by_period_keeps_to_it(journal: Journal) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for hour in (5, 1, 3, 2, 4):  # the simulated clock may be moved back
        instant = start + timedelta(hours=hour)
        journal.append(replace(RECORD, code=str(hour), instant=instant))
    period = {"debut": start + timedelta(hours=2), "fin": start + timedelta(hours=4)}
    assert codes(journal, **period) == ["2", "3"]
    assert codes(journal, acteur="TIERS1", **period) == ["2", "3"]
    assert codes(journal, code="3", **period) == ["3"]
    assert codes(journal, prefixe="259", **period) == ["2", "3"]
    assert codes(journal, code="1", **period) == []
    assert codes(journal, debut=start + timedelta(days=1)) == []
    assert journal.find_echanges(RechercheJournal(debut=start), limit=2, after_id=0)[0].code == "5"
