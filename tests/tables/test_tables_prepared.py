"""Prepared statements, on the dialects that the simulator runs on."""

import pkgutil
from importlib import import_module

import pytest
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Dialect

from sge_sim import tables as store
from sge_sim.tables.prepared import Prepared

STATEMENTS = {
    f"{module.name}.{name}": found
    for module in pkgutil.iter_modules(store.__path__)
    if not module.ispkg
    for name, found in vars(import_module(f"sge_sim.tables.{module.name}")).items()
    if isinstance(found, Prepared)
}


@pytest.mark.parametrize("dialect", [SQLiteDialect_pysqlite(), PGDialect_psycopg()])
def test_every_statement_is_understood(dialect: Dialect) -> None:
    assert len(STATEMENTS) > 10
    for name, statement in STATEMENTS.items():
        assert statement.compile(dialect).sql, name
