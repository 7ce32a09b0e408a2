"""Statements compiled once, then run by the driver itself.

SQLAlchemy writes the SQL and knows how each type is stored; what it does at each execution (cache
keys, contexts, rows) takes ten times what the database takes: with `Connection.execute` of the same
statements an order takes 7 ms, and 2 to 3 this way. Whatever is read or written at each call goes
this way.

A database file that the disk, or somebody, spoilt is reported as one that doesn't work for now:
SQLite raises its most general error there, of which the others are kinds; it becomes an
`OperationalError`, as for a locked database.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from sqlalchemy import Connection, Dialect, ExceptionContext, Executable, Float
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError, StatementError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


def as_operational(error: StatementError) -> StatementError:
    """Return `error`, an `OperationalError` where SQLite can't read its file."""
    if type(error) is not DatabaseError or not isinstance(error.orig, sqlite3.DatabaseError):
        return error
    return OperationalError(error.statement, error.params, error.orig)


def raise_as_operational(context: ExceptionContext) -> BaseException | None:
    """Have SQLAlchemy raise what `as_operational` returns (its event `handle_error`)."""
    error = context.sqlalchemy_exception
    if not isinstance(error, DBAPIError):
        return None
    raised = as_operational(error)
    return None if raised is error else raised


Convert = Callable[[Any], Any]
Rows = list[tuple[Any, ...]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Driver:
    """A connection of the driver, and the dialect that it speaks."""

    connection: Any
    dialect: Dialect

    @classmethod
    def of(cls, connection: Connection) -> "Driver":
        """Return the driver's connection under one of SQLAlchemy's, in the same transaction."""
        return cls(connection.connection.driver_connection, connection.dialect)

    @classmethod
    def under(cls, session: Session) -> "Driver":
        """Return the driver's connection under a session; what the session changed is written."""
        session.flush()
        connection = session.connection()
        return cls(connection.connection.driver_connection, connection.dialect)

    @contextmanager
    def at_length(self) -> Iterator[None]:
        """Let a PostgreSQL server work for as long as it takes, without a word."""
        before, self.connection.silence_seconds = self.connection.silence_seconds, None
        try:
            yield
        finally:
            self.connection.silence_seconds = before

    def run(self, sql: str) -> Any:
        """Run one statement, and return the driver's cursor.

        Raises the `DBAPIError` that SQLAlchemy would raise.
        """
        try:
            return self.connection.execute(sql)
        except Exception as error:
            self.raise_as_sqlalchemy(sql, error)
            raise

    def insert(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run an INSERT for each of these rows, or a COPY of them.

        Raises the `DBAPIError` that SQLAlchemy would raise.
        """
        try:
            if sql.startswith("COPY"):
                with self.connection.cursor() as cursor, cursor.copy(sql) as copy:
                    for row in rows:
                        copy.write_row(row)
            else:
                self.connection.executemany(sql, rows)
        except Exception as error:
            self.raise_as_sqlalchemy(sql, error)
            raise

    def execute(self, asked: "Iterable[tuple[Prepared, Mapping[str, object]]]") -> list[Rows]:
        """Execute statements with their values, in order, and return the rows of each.

        The rows have the values that the columns' types give; a statement that returns nothing has
        none. Raises what `run` raises.
        """
        executed: list[tuple[Rows, tuple[tuple[int, Convert], ...]]] = []
        sql, name, execute = "", self.dialect.name, self.connection.execute
        try:
            for statement, values in asked:
                compiled = statement.compiled.get(name) or statement.compile(self.dialect)
                sql, given = compiled.sql, dict(compiled.constants)
                for bind, convert in compiled.binds:
                    given[bind] = values[bind] if convert is None else convert(values[bind])
                order = compiled.order
                cursor = execute(sql, given if order is None else [given[bind] for bind in order])
                rows = [] if cursor.description is None else cursor.fetchall()
                executed.append((rows, compiled.results))
        except Exception as error:
            self.raise_as_sqlalchemy(sql, error)
            raise
        for rows, results in executed:
            if not results:
                continue
            for rank, row in enumerate(rows):
                cells = list(row)
                for index, convert in results:
                    cells[index] = convert(cells[index])
                rows[rank] = tuple(cells)
        return [rows for rows, _ in executed]

    def raise_as_sqlalchemy(self, sql: str, error: Exception) -> None:
        """Raise what SQLAlchemy would raise for an error of the driver; nothing for another one."""
        dbapi: Any = self.dialect.loaded_dbapi
        if isinstance(error, dbapi.Error):
            raise as_operational(DBAPIError.instance(sql, None, error, dbapi.Error)) from error


class _Compiled(NamedTuple):
    """A statement in the words of one dialect: its values in order, where it takes them so."""

    sql: str
    order: tuple[str, ...] | None
    constants: Mapping[str, Any]
    binds: tuple[tuple[str, Convert | None], ...]
    results: tuple[tuple[int, Convert], ...]


class Prepared:
    """A statement whose values come by name at each execution.

    `columns` are those of what it returns, for a statement that isn't a SELECT. Values that it
    doesn't take may be given too.

    >>> _NAME = Prepared(select(Acteur.nom).where(Acteur.code == bindparam("code")))
    >>> _NAME.rows(driver, code="TIERS1")
    [('Tiers de test',)]
    """

    def __init__(self, statement: Executable, columns: tuple[Any, ...] = ()) -> None:
        self._statement: Any = statement
        self._columns = columns
        self.compiled: dict[str, _Compiled] = {}

    def rows(self, driver: Driver, **values: object) -> Rows:
        """Execute, and return the rows with the values that the columns' types give."""
        return driver.execute(((self, values),))[0]

    def compile(self, dialect: Dialect) -> _Compiled:
        """Write it in the words of a dialect, kept in `compiled` by its name."""
        compiled: SQLCompiler = self._statement.compile(dialect=dialect)
        constants: dict[str, Any] = {}
        binds: list[tuple[str, Convert | None]] = []
        for name, bind in compiled.binds.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                binds.append((name, convert))
            else:
                constants[name] = convert(bind.value) if convert else bind.value
        columns = self._columns or tuple(getattr(self._statement, "selected_columns", ()))
        results = []
        for index, column in enumerate(columns):
            if isinstance(column.type, Float):
                continue  # drivers give floats; PostgreSQL's type wants to know more of the column
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                results.append((index, convert))
        order = compiled.positiontup
        made = self.compiled[dialect.name] = _Compiled(
            compiled.string,
            None if order is None else tuple(order),
            constants,
            tuple(binds),
            tuple(results),
        )
        return made


@dataclass(frozen=True, slots=True, eq=False)
class Query(Generic[T]):
    """A question: statements that take the same values, and what is made of their rows.

    `names` are those of the values; `make` takes the rows of each statement.

    >>> _NAME = Prepared(select(Acteur.nom).where(Acteur.code == bindparam("code")))
    >>> read_name = Query((_NAME,), ("code",), lambda rows: rows[0][0] if rows else None)
    >>> read_name(driver, "TIERS1")
    'Tiers de test'
    """

    statements: tuple[Prepared, ...]
    names: tuple[str, ...]
    make: Callable[..., T]

    def __call__(self, driver: Driver, *values: object) -> T:
        """Read it alone."""
        (read,) = read_at_once(driver, ((self, *values),))
        return cast("T", read)


Question = tuple[Any, ...]
"""A `Query`, and its values."""


def read_at_once(driver: Driver, asked: Collection[Question]) -> list[Any]:
    """Return the answers to several questions, read one after the other."""
    read = iter(
        driver.execute(
            (statement, dict(zip(query.names, of, strict=True)))
            for query, *of in asked
            for statement in query.statements
        )
    )
    return [query.make(*islice(read, len(query.statements))) for query, *_ in asked]
