"""Opening a database, and what its sessions keep or drop."""

import os
import subprocess
import sys
import time
from pathlib import Path
from stat import S_IMODE
from threading import Event, Thread
from typing import Any

import pytest
from many_processes import run_at_once
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sge_sim.clock import elapsed_ms, stopwatch
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.locks import WaitingRoom
from sge_sim.facts.outage import DATABASE_UNREACHABLE, unreachable_sentence
from sge_sim.schema.data_folder import prepare
from sge_sim.tables.points import Commune, known_commune


def a_commune() -> Commune:
    return Commune(code_postal="13100", code_insee="13001", libelle="AIX EN PROVENCE")


def is_known(database: Database) -> bool:
    with database.sessions() as session:
        return known_commune(session, "13100", "13001")


def test_what_fails_and_what_only_reads_keep_nothing(database: Database) -> None:
    def fail() -> None:
        with database.transaction() as session:
            session.add(a_commune())
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.sessions() as session:
        session.add(a_commune())
        session.flush()
    assert not is_known(database)


def test_a_reading_session_sees_one_state_from_its_first_query(database: Database) -> None:
    with database.sessions() as session:
        assert not known_commune(session, "13100", "13001")
        with database.transaction() as other:
            other.add(a_commune())
        assert not known_commune(session, "13100", "13001")
    assert is_known(database)


def test_two_transactions_wait_for_each_other_instead_of_failing(database: Database) -> None:
    # Both read before they write: with SQLite's usual transactions the second would be refused.
    inside, began, outcome = Event(), Event(), []

    def second() -> None:
        inside.wait()
        began.set()
        with database.transaction() as session:
            outcome.append(known_commune(session, "13100", "13001"))
            session.add(Commune(code_postal="13090", code_insee="13001", libelle="AIX"))

    thread = Thread(target=second)
    thread.start()
    with database.transaction() as session:
        known_commune(session, "13100", "13001")
        inside.set()
        assert began.wait(10)
        thread.join(timeout=0.2)
        assert outcome == []
        session.add(a_commune())
    thread.join()
    assert outcome == [True]


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 1)]
)
def test_sqlite_is_set_for_readers_and_one_writer(
    database: Database, pragma: str, value: object
) -> None:
    with database.sessions() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_foreign_keys_are_enforced(database: Database) -> None:
    insertion = text(
        "INSERT INTO contrat (contrat_id, acteur_code, type, date_debut) "
        "VALUES ('1', 'NOBODY', 'ET', '2020-01-01')"
    )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insertion)


def have_a_child_write(url: str) -> None:
    database = Database(url)
    assert not is_known(database)
    database.dispose()
    child = os.fork()
    if child == 0:
        try:
            with database.transaction() as session:
                session.add(a_commune())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert is_known(database)


def test_a_forked_child_reads_and_writes_after_the_parent_has_disposed(database: Database) -> None:
    run_at_once(1, have_a_child_write, str(database.engine.url))
    assert is_known(database)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("n'importe quoi", "n'est pas l'adresse d'une base"),
        ("dbase:///somewhere", "n'est pas l'adresse d'une base"),
        ("sqlite://", "une base en mémoire ne se partage pas"),
        ("sqlite:///:memory:", "une base en mémoire ne se partage pas"),
        ("oracle+cx_oracle://host/base", "le pilote de cette base manque"),
    ],
)
def test_an_address_that_can_not_serve_is_told_in_one_sentence(url: str, told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        Database(url)
    assert "\n" not in str(caught.value)


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds the keys and the passwords of the channels."""
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    prepare(database)
    with database.transaction():
        modes = {file.name: S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    database.dispose()
    assert modes.pop("sge-sim.db") == 0o600
    assert set(modes.values()) == {0o600}


@pytest.mark.parametrize("workers", [1, 2, 4, 8, 16])
def test_the_processes_share_the_connections_of_a_postgresql_server(workers: int) -> None:
    """A server takes 100 of them unless told otherwise."""
    database = Database("postgresql+psycopg://nobody@localhost/none", processes=workers + 1)
    pool: Any = database.engine.pool
    assert 2 <= pool.size() <= 20
    assert 2 * pool.size() == pool.size() + pool._max_overflow
    assert 2 * pool.size() * (workers + 1) <= 90


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://moi:s3cret@hote:x/base", "rien://moi:s3cret@a@hote/base"]
)
def test_a_refused_address_does_not_show_its_password(url: str) -> None:
    with pytest.raises(UsageError, match=r"moi:\*\*\*@hote") as refused:
        Database(url)
    assert "s3cret" not in str(refused.value)


def test_a_commit_that_fails_gives_its_lock_back(tmp_path: Path) -> None:
    """SQLite keeps such a transaction open: a connection that is kept would lock all others out."""
    database = Database(sqlite_url(tmp_path / "sge-sim.db"), patience_seconds=0.1)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
        session.execute(text("CREATE TABLE b (a REFERENCES a DEFERRABLE INITIALLY DEFERRED)"))
    kept = database.writing_connection()
    with pytest.raises(IntegrityError), kept.begin():
        kept.execute(text("INSERT INTO b VALUES (1)"))
    with database.transaction() as session:
        session.execute(text("INSERT INTO a VALUES (1)"))
    with kept.begin():
        kept.execute(text("INSERT INTO b VALUES (1)"))
    kept.close()
    database.dispose()


def test_a_lock_is_waited_for_as_long_as_said(tmp_path: Path) -> None:
    path = sqlite_url(tmp_path / "sge-sim.db")
    holder, other = Database(path), Database(path, patience_seconds=0.2)

    def read() -> None:
        with other.transaction() as session:
            session.execute(text("SELECT 1"))

    started = stopwatch()
    with holder.transaction() as session:
        session.execute(text("CREATE TABLE a (id INTEGER)"))
        with pytest.raises(DATABASE_UNREACHABLE) as caught:
            read()
    assert 150 < elapsed_ms(started) < 5_000
    assert "database is locked" in unreachable_sentence(caught.value)
    holder.dispose()
    other.dispose()


def test_who_waits_gets_the_lock_between_two_slices_of_bulk_work(database: Database) -> None:
    """SQLite gives it to who asks at the right time, however long others have waited."""
    slices = 0
    waited: list[int] = []
    other = Database(database.engine.url)

    def write() -> None:
        while slices < 60:
            before = slices
            with other.transaction() as session:
                session.connection()
                waited.append(slices - before)
            time.sleep(0.01)

    waiting = Thread(target=write)
    for _ in range(60):
        with database.transaction() as session:
            session.connection()
            if not slices:
                waiting.start()
            time.sleep(0.04)
            slices += 1
        database.let_others_write()
    waiting.join()
    other.dispose()
    assert len(waited) > 10
    assert max(waited) < 10


def test_bulk_work_makes_a_pause_where_somebody_waits_alone(database: Database) -> None:
    assert isinstance(database.engine.url.database, str)
    room = WaitingRoom(Path(database.engine.url.database))
    started = stopwatch()
    for _ in range(20):
        database.let_others_write(worked_ms=500)
    assert elapsed_ms(started) < 500
    started = stopwatch()
    with room.entered():
        database.let_others_write(worked_ms=500)
    assert elapsed_ms(started) > 490


def test_who_was_killed_waits_no_more(database: Database) -> None:
    assert isinstance(database.engine.url.database, str)
    path = database.engine.url.database
    waits = f"""
import pathlib, sge_sim.facts.locks as waiting
with waiting.WaitingRoom(pathlib.Path({path!r})).entered():
    print("in", flush=True)
    input()
"""
    program = [sys.executable, "-c", waits]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as waiting:
        assert waiting.stdout.readline() == b"in\n"
        assert not WaitingRoom(Path(path)).is_empty()
        waiting.kill()
        waiting.wait()
    assert WaitingRoom(Path(path)).is_empty()
