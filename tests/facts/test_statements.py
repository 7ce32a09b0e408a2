"""What the connections of a process keep prepared: that grows with neither time nor connections."""

import gc
import sqlite3
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from sge_sim.facts.database import Database, sqlite_url

AT_ONCE = 12
STATEMENTS = 400
FEW = 64


def test_a_rush_leaves_no_connections_that_each_come_to_keep_every_statement(
    tmp_path: Path,
) -> None:
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    with ExitStack() as rush:
        for _ in range(AT_ONCE):
            rush.enter_context(database.reading())
    before = kept()
    for number in range(STATEMENTS):
        with database.reading() as connection:
            connection.execute(text(f"SELECT {number}")).all()
    assert kept() - before <= FEW
    database.dispose()


def kept() -> int:
    """Return how many statements the process keeps prepared."""
    gc.collect()
    return sum(type(each).__name__ == "Statement" for each in gc.get_objects() if is_sqlite(each))


def is_sqlite(thing: object) -> bool:
    return type(thing).__module__ == sqlite3.__name__
