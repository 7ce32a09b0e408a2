"""Writes the next migration: `python -m sge_sim.store.migrations "adds the orders"`.

It is the difference between the migrations so far and the models; read it before keeping it.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from sge_sim.store import schema
from sge_sim.store.database import Database, sqlite_url


def main(message: str) -> None:
    """Write the migration that brings a database of the last revision to the models."""
    known = schema.revisions()
    with TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "schema.db"))
        if known:
            database.prepare()
        with database.engine.begin() as connection:
            command.revision(
                schema.alembic_config(connection),
                message,
                autogenerate=True,
                rev_id=f"{len(known) + 1:04d}",
            )
        database.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]))
