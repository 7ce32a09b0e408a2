"""What one database of a process has had compiled is compiled for the others.

SQLAlchemy keeps what it compiles by engine; a suite opens hundreds of the same.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_MOST = 1_500


def share_statements() -> None:
    """Have the SQLite databases of this process and its forks share compiled statements."""
    shared: LRUCache[Any, Any] = LRUCache(_MOST)

    def share(connection: Connection) -> None:
        if isinstance(connection.dialect, SQLiteDialect_pysqlite):
            connection.engine._compiled_cache = shared

    event.listen(Engine, "engine_connect", share)
    # A statement is kept by dialect: those of SQLite are all alike.
    SQLiteDialect_pysqlite.__hash__ = lambda dialect: hash(type(dialect))
    SQLiteDialect_pysqlite.__eq__ = lambda dialect, other: type(dialect) is type(other)
