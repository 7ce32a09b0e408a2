"""The state kept aside and brought back while others do the same, write, or are killed."""

import os
import sqlite3
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from journal_kit import RECORD, codes, open_journal_in
from many_processes import PROCESSES

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.journal import Journal
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
from sge_sim.tables.acteurs import Acteur

SECONDS = 0.6


def add_acteur(database: Database, code: str) -> None:
    with database.transaction() as session:
        session.add(Acteur(code=code, nom="x" * 200, kind="tiers"))


def acteurs(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.exec_driver_sql("SELECT code FROM acteur ORDER BY code").scalars())


def test_a_reset_brings_back_the_state_and_forgets_later_exchanges(
    database: Database, journal: Journal, tmp_path: Path
) -> None:
    add_acteur(database, "A")
    journal.append(RECORD)
    file = take_snapshot(database, journal, tmp_path)
    assert file is not None
    assert file.stat().st_mode & 0o777 == 0o600
    for _ in range(2):
        add_acteur(database, "B")
        journal.append(RECORD)
        restore_snapshot(database, journal, tmp_path)
        assert acteurs(database) == ["A"]
        assert len(codes(journal)) == 1


def test_states_are_kept_aside_by_their_names(
    database: Database, journal: Journal, tmp_path: Path
) -> None:
    for code, nom in (("A", "un"), ("B", "deux"), ("C", "")):
        add_acteur(database, code)
        journal.append(RECORD)
        take_snapshot(database, journal, tmp_path, nom)
    for nom, kept in (("deux", ["A", "B"]), ("un", ["A"]), ("", ["A", "B", "C"])):
        restore_snapshot(database, journal, tmp_path, nom)
        assert acteurs(database) == kept
    assert len(codes(journal)) == 1, "what the journal has forgotten doesn't come back"
    with pytest.raises(UsageError, match=r"snapshot\?nom=trois"):
        restore_snapshot(database, journal, tmp_path, "trois")
    with pytest.raises(UsageError, match="n'est pas le nom d'un état"):
        take_snapshot(database, journal, tmp_path, "../ailleurs")


def write(database: Database, _journal: Journal, _folder: Path) -> None:
    with database.transaction() as session:
        session.add(Acteur(code="one", nom="x" * 200, kind="tiers"))
        session.flush()
        session.delete(session.get(Acteur, "one"))


def over_and_over(folder: Path, action: Any, told: Connection) -> None:
    database, journal = Database(sqlite_url(folder / "sge-sim.db")), open_journal_in(folder)
    told.send("ready")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        action(database, journal, folder)
    told.send("done")


def loop(folder: Path, action: Any) -> tuple[Any, Connection]:
    """Do `action` over and over in a process of its own; it tells when it begins and ends."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=over_and_over, args=(folder, action, there))
    process.start()
    there.close()
    return process, here


def test_snapshots_and_resets_at_once_leave_the_state_whole(
    database: Database, journal: Journal, tmp_path: Path
) -> None:
    for number in range(300):
        add_acteur(database, f"ACTEUR{number:03}")
    before = acteurs(database)
    take_snapshot(database, journal, tmp_path)
    actions = (take_snapshot, take_snapshot, restore_snapshot, restore_snapshot, write)
    for process, told in [loop(tmp_path, action) for action in actions]:
        assert [told.recv(), told.recv()] == ["ready", "done"]
        process.join(60)
        assert process.exitcode == 0
    assert acteurs(database) == before
    restore_snapshot(database, journal, tmp_path)
    assert acteurs(database) == before
    with closing(sqlite3.connect(tmp_path / "sge-sim.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [one.name for one in (tmp_path / "instantane").iterdir() if one.suffix] == ["sge-sim.db"]


@pytest.mark.parametrize("action", [take_snapshot, restore_snapshot])
def test_whoever_is_killed_meanwhile_leaves_a_whole_state_and_no_lock(
    database: Database, journal: Journal, tmp_path: Path, action: Any
) -> None:
    for number in range(300):
        add_acteur(database, f"ACTEUR{number:03}")
    before = acteurs(database)
    take_snapshot(database, journal, tmp_path)
    for wait in (0.011, 0.053, 0.087):
        killed, told = loop(tmp_path, action)
        assert told.recv() == "ready"
        time.sleep(wait)
        killed.kill()
        killed.join(60)
        restore_snapshot(database, journal, tmp_path)
        assert acteurs(database) == before
    (tmp_path / "instantane" / ".left.db-journal").touch()
    file = take_snapshot(database, journal, tmp_path)
    assert file is not None
    assert {each.name for each in file.parent.iterdir()} == {file.name, ".lock"}


def empty(file: Path) -> None:
    file.write_bytes(b"")


def cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def spoil(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    file.write_bytes(content)


def of_another_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE schema_sge_sim SET numero = 1")
        connection.commit()


def without_tables(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM")


@pytest.mark.parametrize("harm", [empty, cut, spoil, of_another_version, without_tables])
def test_a_snapshot_that_is_not_whole_replaces_nothing(
    database: Database, journal: Journal, tmp_path: Path, harm: object
) -> None:
    add_acteur(database, "A")
    file = take_snapshot(database, journal, tmp_path)
    assert file is not None
    add_acteur(database, "B")
    journal.append(RECORD)
    assert callable(harm)
    harm(file)
    with pytest.raises(UsageError, match="pas un état entier"):
        restore_snapshot(database, journal, tmp_path)
    assert acteurs(database) == ["A", "B"]
    assert len(codes(journal)) == 1


def test_a_state_without_tables_is_not_kept_in_place_of_a_whole_one(
    database: Database, journal: Journal, tmp_path: Path
) -> None:
    add_acteur(database, "A")
    take_snapshot(database, journal, tmp_path)
    other = Database(sqlite_url(tmp_path / "empty.db"))
    with pytest.raises(UsageError, match="pas un état entier"):
        take_snapshot(other, journal, tmp_path)
    restore_snapshot(database, journal, tmp_path)
    assert acteurs(database) == ["A"]
    other.dispose()


def test_a_reset_without_snapshot_says_what_to_do(
    database: Database, journal: Journal, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"mis de côté.*sge-sim snapshot"):
        restore_snapshot(database, journal, tmp_path)
