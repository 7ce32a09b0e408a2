"""How a PostgreSQL server finds what a search of RecherchePoint asks it."""

import re
from typing import Any

from psycopg.sql import SQL, Literal
from sqlalchemy import text
from sqlalchemy.orm import Session
from state_kit import statements_of

from sge_sim.tables.search import Criteres, search_points

_NAMED_VALUE = re.compile(r"%\((\w+)\)s")


def plan_of(
    session: Session, criteres: Criteres, *, once_for_all: bool = False, **perimeter: Any
) -> str:
    """Search, and return the server's plans of all the statements of the search.

    `once_for_all` has it plan without a look at the values, as it may for what is asked often.
    """
    with statements_of(session.get_bind()) as asked:
        search_points(session, criteres, limit=200, **perimeter)
    mode = "force_generic_plan" if once_for_all else "force_custom_plan"
    session.execute(text(f"SET LOCAL plan_cache_mode = {mode}"))
    return "\n".join(
        line for statement, values in asked for line in _plan(session, statement, values)
    )


def _plan(session: Session, statement: str, values: dict[str, Any]) -> list[str]:
    names = list(dict.fromkeys(_NAMED_VALUE.findall(statement)))
    numbered = _NAMED_VALUE.sub(lambda named: f"${names.index(named[1]) + 1}", statement)
    connection: Any = session.connection().connection.driver_connection
    connection.execute(f"PREPARE asked AS {numbered.replace('%%', '%')}")
    given = SQL(", ").join(Literal(values[name]) for name in names)
    execute = SQL("EXPLAIN (ANALYZE, TIMING OFF) EXECUTE asked ({})").format(given)
    lines = [row[0] for row in connection.execute(execute)]
    connection.execute("DEALLOCATE asked")
    return lines
