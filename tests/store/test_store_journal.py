"""The journal: what is recorded, found again and forgotten."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from multiprocessing import get_context
from threading import Thread

import pytest
from sge_sim.store.journal_writer import JournalWriter
from sqlalchemy import URL, func, inspect, select
from sqlalchemy.exc import OperationalError

from sge_sim.store.database import Database
from sge_sim.store.journal import DecidingRule, EchangeRecord, find_echange, find_echanges
from sge_sim.store.models import Echange

RECORD = EchangeRecord(
    instant=datetime(2021, 6, 21, 10, 0, tzinfo=UTC),
    machine_instant=datetime(2026, 1, 5, 8, 0, tzinfo=UTC),
    duration_ms=1.25,
    kind="soap",
    acteur_code="TIERS1",
    certificate_fingerprint="ab" * 32,
    certificate_subject="CN=tiers1.example.org",
    remote_address="127.0.0.1",
    service="ConsultationMesures",
    version="1.1",
    prm="25946599093143",
    code="SGT200",
    http_status=200,
    detail="rien",
    request=b"<question/>",
    response=b"<reponse/>",
)

WriterWith = Callable[..., JournalWriter]


@pytest.fixture
def writer_with(database: Database) -> Iterator[WriterWith]:
    """Give what makes a writer with its bounds."""
    writers = []

    def make(max_records: int = 10_000, max_bytes: int = 10**9) -> JournalWriter:
        writers.append(JournalWriter(database, max_records=max_records, max_bytes=max_bytes))
        return writers[-1]

    yield make
    for writer in writers:
        writer.close()


@pytest.fixture
def writer(writer_with: WriterWith) -> JournalWriter:
    return writer_with()


def codes(database: Database, **criteria: object) -> list[str | None]:
    with database.sessions() as session:
        return [echange.code for echange in find_echanges(session, **criteria)]  # type: ignore[arg-type]


def count(database: Database) -> int:
    with database.sessions() as session:
        return session.scalar(select(func.count(Echange.id))) or 0


def test_a_record_is_in_the_journal_as_soon_as_append_returns(
    database: Database, writer: JournalWriter
) -> None:
    writer.append(RECORD)
    assert codes(database) == ["SGT200"]


def test_everything_that_was_recorded_is_read_back(
    database: Database, writer: JournalWriter
) -> None:
    rule = DecidingRule(
        name="accord_absent", source="GUI 0469", provenance="documented", explanation="accord=true"
    )
    refused = replace(RECORD, code="SGT566", http_status=500, rule=rule)
    writer.append(refused)
    with database.sessions() as session:
        (listed,) = find_echanges(session)
        echange = find_echange(session, listed.id)
        assert echange is not None
        for field in fields(EchangeRecord):
            assert getattr(echange, field.name) == getattr(refused, field.name), field.name
        assert echange.size == len(b"<question/><reponse/>")


def test_a_handshake_has_neither_service_nor_bodies(
    database: Database, writer: JournalWriter
) -> None:
    writer.append(
        EchangeRecord(
            instant=RECORD.instant,
            machine_instant=RECORD.machine_instant,
            duration_ms=3.0,
            kind="handshake",
            detail="aucun certificat présenté",
        )
    )
    with database.sessions() as session:
        (echange,) = find_echanges(session, with_bodies=True)
        assert (echange.service, echange.request, echange.response) == (None, None, None)
        assert echange.rule is None
        assert echange.size == 0


def test_exchanges_are_found_by_code_point_and_service_together(
    database: Database, writer: JournalWriter
) -> None:
    for code, prm, service in (
        ("SGT200", "1", "A"),
        ("SGT401", "1", "A"),
        ("SGT402", "2", "A"),
        ("SGT403", "1", "B"),
    ):
        writer.append(replace(RECORD, code=code, prm=prm, service=service))
    assert codes(database, code="SGT402") == ["SGT402"]
    assert codes(database, prm="1") == ["SGT403", "SGT401", "SGT200"]
    assert codes(database, service="A", prm="1") == ["SGT401", "SGT200"]
    assert codes(database, code="SGT403", prm="2") == []


def test_the_newest_exchanges_come_first_and_no_more_than_asked(
    database: Database, writer: JournalWriter
) -> None:
    for number in range(5):
        writer.append(replace(RECORD, code=str(number)))
    assert codes(database, limit=2) == ["4", "3"]


def test_whoever_follows_the_journal_misses_nothing(
    database: Database, writer: JournalWriter
) -> None:
    followed, last = [], 0
    for number in range(5):
        writer.append(replace(RECORD, code=str(number)))
        if number % 2:
            with database.sessions() as session:
                new = find_echanges(session, after_id=last)
                followed += [echange.code for echange in new]
                last = new[-1].id
    assert followed == ["0", "1", "2", "3"]


def test_a_listing_does_not_read_the_bodies(database: Database, writer: JournalWriter) -> None:
    writer.append(RECORD)
    with database.sessions() as session:
        (light,) = find_echanges(session)
        assert {"request", "response"} <= inspect(light).unloaded
        session.expunge_all()
        (whole,) = find_echanges(session, with_bodies=True)
        assert inspect(whole).dict["response"] == b"<reponse/>"


def test_the_journal_keeps_the_newest_records(database: Database, writer_with: WriterWith) -> None:
    writer = writer_with(max_records=150)
    for number in range(400):
        writer.append(replace(RECORD, code=str(number)))
    kept = codes(database, limit=1000)
    assert 150 <= len(kept) < 250
    assert kept == [str(number) for number in range(399, 399 - len(kept), -1)]


def test_the_journal_keeps_no_more_bytes_than_asked(
    database: Database, writer_with: WriterWith
) -> None:
    writer = writer_with(max_bytes=50_000)
    for _ in range(400):
        writer.append(replace(RECORD, request=b"x" * 1000, response=None))
    # 50 records of 1 000 bytes, and the hundred that may come before they are weighed.
    assert 50 <= count(database) < 150


def test_a_record_larger_than_the_journal_is_kept_while_it_is_the_newest(
    database: Database, writer_with: WriterWith
) -> None:
    writer = writer_with(max_bytes=1000)
    for number in range(100):
        writer.append(replace(RECORD, code=str(number), request=b"x" * 5000))
    assert codes(database) == ["99"]


def test_bounds_made_smaller_hold_from_the_next_start(
    database: Database, writer_with: WriterWith
) -> None:
    writer = writer_with()
    for _ in range(300):
        writer.append(RECORD)
    smaller = writer_with(max_records=20)
    for _ in range(100):
        smaller.append(RECORD)
    assert count(database) == 20


def test_fewer_bytes_hold_from_the_next_start_whatever_comes_in(
    database: Database, writer_with: WriterWith
) -> None:
    writer = writer_with()
    for _ in range(300):
        writer.append(replace(RECORD, request=b"x" * 1000, response=None))
    smaller = writer_with(max_bytes=100_000)
    for _ in range(100):
        smaller.append(replace(RECORD, request=None, response=None))
    assert count(database) == 100 + 100


def test_many_threads_lose_no_record(database: Database, writer: JournalWriter) -> None:
    def append(thread: int) -> None:
        for number in range(50):
            writer.append(replace(RECORD, code=f"{thread}-{number}"))
            with database.sessions() as session:
                assert find_echanges(session, code=f"{thread}-{number}")

    threads = [Thread(target=append, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes(database, limit=1000)) == sorted(
        f"{thread}-{number}" for thread in range(8) for number in range(50)
    )


def append_many(url: URL, worker: int) -> None:
    database = Database(url)
    writer = JournalWriter(database, max_records=10_000, max_bytes=10**9)
    threads = [
        Thread(target=lambda: [writer.append(replace(RECORD, code=str(worker))) for _ in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    database.dispose()


def test_two_processes_write_the_same_journal(database: Database) -> None:
    processes = [
        get_context("spawn").Process(target=append_many, args=(database.engine.url, worker))
        for worker in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    found = codes(database, limit=1000)
    assert (found.count("0"), found.count("1")) == (200, 200)


def test_every_caller_is_told_of_a_record_that_could_not_be_kept(
    database: Database, writer: JournalWriter
) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE echange RENAME TO away")
    outcomes = []

    def append() -> None:
        try:
            writer.append(RECORD)
        except OperationalError:
            outcomes.append("told")

    threads = [Thread(target=append) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == ["told"] * 6

    with database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE away RENAME TO echange")
    writer.append(RECORD)
    assert codes(database) == ["SGT200"]


@pytest.mark.parametrize("criterion", ["code", "prm", "service"])
def test_each_way_to_look_into_the_journal_has_its_index(
    database: Database, criterion: str
) -> None:
    query = f"SELECT id FROM echange WHERE {criterion} = 'x' ORDER BY id DESC LIMIT 100"
    with database.reading() as connection:
        (step,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert f"ix_echange_{criterion}" in step.detail
