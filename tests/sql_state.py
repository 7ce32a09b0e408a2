"""Changes of a simulator's state that no command makes: rare situations, set up by hand."""

import sqlite3
from contextlib import closing
from typing import Any

from running_simulator import RunningSimulator


def execute(simulator: RunningSimulator, statement: str, *values: Any) -> None:
    """Run one SQL statement in the database of a running simulator."""
    with closing(sqlite3.connect(simulator.data_dir / "sge-sim.db", timeout=10)) as database:
        database.execute(statement, values)
        database.commit()


def query(simulator: RunningSimulator, statement: str, *values: Any) -> list[Any]:
    """Return the rows of one SQL query."""
    with closing(sqlite3.connect(simulator.data_dir / "sge-sim.db", timeout=10)) as database:
        return database.execute(statement, values).fetchall()


def change_point(simulator: RunningSimulator, prm: str, **columns: Any) -> None:
    """Set columns of a point."""
    assignments = ", ".join(f"{name} = ?" for name in columns)
    execute(simulator, f"UPDATE point SET {assignments} WHERE prm = ?", *columns.values(), prm)
