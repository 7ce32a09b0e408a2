"""The state kept aside and brought back while others do the same, write, or are killed."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from journal_kit import RECORD, codes

from sge_sim.errors import UsageError
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.journal import Journal
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
from sge_sim.tables.models import Acteur

KIT = Path(__file__).parents[1]
SECONDS = 1.0


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


def loop(folder: Path, action: str) -> subprocess.Popen[str]:
    """Do `action` over and over in a process of its own; it tells how often once it may stop."""
    program = f"""
import sys, time
sys.path.insert(0, {str(KIT)!r})
from pathlib import Path
from journal_kit import open_journal_in
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.tables.models import Acteur
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
folder = Path({str(folder)!r})
database, journal = Database(sqlite_url(folder / "sge-sim.db")), open_journal_in(folder)
print("ready", flush=True)
done, end = 0, time.monotonic() + {SECONDS}
while time.monotonic() < end:
    {action}
    done += 1
print(done)
"""
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


TAKE = "take_snapshot(database, journal, folder)"
RESTORE = "restore_snapshot(database, journal, folder)"
WRITE = """
    with database.transaction() as session:
        session.add(Acteur(code=f"{done}", nom="x" * 200, kind="tiers"))
        session.flush()
        session.delete(session.get(Acteur, f"{done}"))
"""


def test_snapshots_and_resets_at_once_leave_the_state_whole(
    database: Database, journal: Journal, tmp_path: Path
) -> None:
    for number in range(300):
        add_acteur(database, f"ACTEUR{number:03}")
    before = acteurs(database)
    take_snapshot(database, journal, tmp_path)
    loops = [loop(tmp_path, action) for action in (TAKE, TAKE, RESTORE, RESTORE, WRITE)]
    told = [one.communicate(timeout=60) for one in loops]
    assert [error for _, error in told] == [""] * len(loops)
    assert all(int(out.split()[-1]) > 0 for out, _ in told)
    assert acteurs(database) == before
    restore_snapshot(database, journal, tmp_path)
    assert acteurs(database) == before
    with closing(sqlite3.connect(tmp_path / "sge-sim.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [one.name for one in (tmp_path / "instantane").iterdir() if one.suffix] == ["sge-sim.db"]


@pytest.mark.parametrize("action", [TAKE, RESTORE])
def test_whoever_is_killed_meanwhile_leaves_a_whole_state_and_no_lock(
    database: Database, journal: Journal, tmp_path: Path, action: str
) -> None:
    for number in range(300):
        add_acteur(database, f"ACTEUR{number:03}")
    before = acteurs(database)
    take_snapshot(database, journal, tmp_path)
    for wait in (0.011, 0.053, 0.087):
        killed = loop(tmp_path, action)
        assert killed.stdout is not None
        assert killed.stdout.readline() == "ready\n"
        time.sleep(wait)
        os.kill(killed.pid, signal.SIGKILL)
        killed.communicate()
        restore_snapshot(database, journal, tmp_path)
        assert acteurs(database) == before


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
    with pytest.raises(UsageError, match="sge-sim snapshot"):
        restore_snapshot(database, journal, tmp_path)
