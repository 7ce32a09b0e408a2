"""Statements compiled once, then run by the driver itself.

SQLAlchemy writes the SQL and knows how each type is stored; what it does at each execution (cache
keys, contexts, rows) takes ten times what the database takes. Whatever is read or written at each
call goes this way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Float, Table, bindparam, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sge_sim.tables.unreadable import as_operational

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

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
        return cls.of(session.connection())

    def run(self, sql: str, values: Any = ()) -> Any:
        """Run one statement, and return the driver's cursor.

        Raises the `DBAPIError` that SQLAlchemy would raise.
        """
        try:
            return self.connection.execute(sql, values)
        except Exception as error:
            self._raise(error, sql)

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
            self._raise(error, sql)

    def _raise(self, error: Exception, sql: str) -> NoReturn:
        dbapi: Any = self.dialect.loaded_dbapi
        if not isinstance(error, dbapi.Error):
            raise error
        raised = DBAPIError.instance(sql, None, error, dbapi.Error)
        raise as_operational(raised) from error

    def read(self, asked: "Iterable[tuple[Prepared, Mapping[str, object]]]") -> list[Rows]:
        """Execute statements with their values, in order, and return the rows of each.

        The rows have the values that the columns' types give.
        """
        executed = [
            (self.run(sql, values).fetchall(), results)
            for sql, values, results in self._bound(asked)
        ]
        for rows, results in executed:
            if not results:
                continue
            for rank, row in enumerate(rows):
                cells = list(row)
                for index, convert in results:
                    cells[index] = convert(cells[index])
                rows[rank] = tuple(cells)
        return [rows for rows, _ in executed]

    def write(self, asked: "Iterable[tuple[Prepared, Mapping[str, object]]]") -> None:
        """Execute statements that return nothing, in order."""
        for sql, values, _ in self._bound(asked):
            self.run(sql, values)

    def _bound(
        self, asked: "Iterable[tuple[Prepared, Mapping[str, object]]]"
    ) -> list[tuple[str, Any, tuple[tuple[int, Convert], ...]]]:
        """Return statements in the words of the driver, their values as it takes them, and which
        columns of their rows are to be converted."""
        bound = []
        for statement, values in asked:
            compiled = statement.compiled.get(self.dialect.name)
            if compiled is None:
                compiled = statement.compile(self.dialect)
            given = dict(compiled.constants)
            for bind, convert in compiled.binds:
                given[bind] = values[bind] if convert is None else convert(values[bind])
            ordered = given if compiled.order is None else [given[bind] for bind in compiled.order]
            bound.append((compiled.sql, ordered, compiled.results))
        return bound


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
        return driver.read(((self, values),))[0]

    def row(self, driver: Driver, **values: object) -> tuple[Any, ...] | None:
        """Execute, and return the first row."""
        (rows,) = driver.read(((self, values),))
        return rows[0] if rows else None

    def run(self, driver: Driver, **values: object) -> None:
        """Execute a statement that returns nothing."""
        driver.write(((self, values),))

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
    """What is read in several statements that take the same values.

    `names` are those of the values; `make` makes what is asked for of the rows of each statement.

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
        return self.make(*driver.read(self.asked(values)))

    def asked(self, values: Iterable[object]) -> list[tuple[Prepared, Mapping[str, object]]]:
        """Return its statements, each with the values."""
        given = dict(zip(self.names, values, strict=True))
        return [(statement, given) for statement in self.statements]


class Insertion:
    """Inserts rows of a table that nobody needs as rows of the session afterwards.

    `given_by_database` names the columns that it fills in.
    """

    def __init__(self, table: Any, *given_by_database: str) -> None:
        described: Table = table.__table__
        self._names = [one.name for one in described.c if one.name not in given_by_database]
        self._statement = Prepared(
            insert(described).values({name: bindparam(name) for name in self._names})
        )

    def run(self, session: Session, row: Any) -> None:
        """Insert a row whose columns are the attributes of `row`, an object of no session."""
        Driver.of(session.connection()).write((self.of(row),))

    def of(self, row: Any) -> tuple[Prepared, Mapping[str, object]]:
        """Return what inserts a row, for `Driver.write`."""
        return self._statement, {name: getattr(row, name) for name in self._names}
