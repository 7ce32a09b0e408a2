"""Machines that share a PostgreSQL have a folder each for what waits, and one journal."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from postgresql_kit import Cluster

from sge_sim.clock import machine_now
from sge_sim.facts.database import Database
from sge_sim.journal import Bounds, EchangeRecord, Journal
from sge_sim.schema.data_folder import prepare

NUMBERS = count()
NOW = machine_now()
LEAST = EchangeRecord(instant=NOW, machine_instant=NOW, duration_ms=1.0, kind="soap")


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    database = Database(cluster.new_database(f"journal_{next(NUMBERS)}"))
    prepare(database)
    yield database
    database.dispose()


def open_journal(database: Database, folder: Path) -> Journal:
    folder.mkdir(exist_ok=True)
    journal = Journal.beside(database, folder)
    journal.prepare(Bounds(1000, 10**8))
    return journal


def test_a_file_of_another_machine_has_not_vanished_and_a_torn_record_is_told_to_both(
    database: Database, tmp_path: Path
) -> None:
    here, there = (open_journal(database, tmp_path / name) for name in ("here", "there"))
    for journal in (here, there):
        for code in ("first", "torn", "last"):
            journal.append(replace(LEAST, code=code, response=b"x" * 1_000))
    (file,) = (tmp_path / "there" / "journal-en-attente").glob("*.spool")
    with file.open("r+b") as opened:
        opened.seek(64 + 1_700)
        opened.write(bytes(150))
    for journal in (here, there, here, there):
        journal.drain()
    assert [one.cause for one in here.avaries()] == ["abime"]
    assert len(here.find_echanges()) == 5
    file.unlink()
    here.drain()
    there.append(replace(LEAST, code="after"))
    there.drain()
    assert sorted(one.cause for one in here.avaries()) == ["abime", "disparu"]
    assert not here.state().acknowledged
    there.acknowledge()
    assert here.state().acknowledged
    for journal in (here, there):
        journal.close()
