"""The page of points finds them without reading the whole table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_states import copy_state
from points_kit import csv_lines, made_points
from state_kit import statements_of

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.tables.lists import look_for_points

FIRST_POINTS = "SCAN point USING COVERING INDEX sqlite_autoindex_point_1"
"""How the first points are read, as many as one query does."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("large")
    copy_state(folder, {"population_size": 0})
    database = Database(sqlite_url(folder / "sge-sim.db"))
    source = Source("points.csv", csv_lines(made_points(500)))
    assert import_points(database, [source], report=lambda faute: None).importe
    yield database
    database.dispose()


def plan(database: Database, words: str) -> tuple[list[str], int]:
    """What SQLite does to answer, and how many points it found."""
    with database.sessions() as session:
        with statements_of(database) as asked:
            found = look_for_points(session, words, after="", limit=101)
        driver = session.connection().connection.driver_connection
        steps = [
            row[3]
            for sql, values in asked
            for row in driver.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
        ]
    return steps, len(found)


@pytest.mark.parametrize(
    ("words", "count"),
    [("", 88), ("client 49", 11), ("javernant", 2), ("3010", 101), ("lient 49", 11), ("?", 0)],
)
def test_no_search_reads_the_whole_table(database: Database, words: str, count: int) -> None:
    steps, found = plan(database, words)
    bounded = (
        "SCAN point USING INDEX ix_point_pourquoi",
        "SEARCH point USING INDEX ix_point_pourquoi (prm>?)",
        FIRST_POINTS,
    )
    whole = [
        step
        for step in steps
        if "ix_point_apport" in step or "(prm>?)" in step or step.startswith("SCAN point")
    ]
    assert [step for step in whole if step not in bounded] == []
    assert whole.count(FIRST_POINTS) <= 1
    assert found == count
