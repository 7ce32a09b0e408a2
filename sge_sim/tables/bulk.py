"""Inserts many rows at once, by the driver itself: COPY where there is one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.orm import Session

from sge_sim.tables.base import Base
from sge_sim.tables.prepared import Driver


class _Insertion(NamedTuple):
    """A statement, what it takes of a row in its order, and which of that is stored otherwise."""

    sql: str
    columns: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]


_KNOWN: Final[dict[tuple[str, str, tuple[str, ...]], _Insertion]] = {}


def insert_rows(session: Session, of: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a table: mappings of the same columns, two at least.

    What the session holds is written first.
    """
    if not rows:
        return
    driver, names = Driver.under(session), tuple(rows[0])
    key = driver.dialect.name, of.__tablename__, names
    insertion = _KNOWN.get(key)
    if insertion is None:
        insertion = _KNOWN[key] = _insertion(driver.dialect, cast(Table, of.__table__), names)
    driver.insert(insertion.sql, _stored(insertion, rows))


def _insertion(dialect: Dialect, table: Table, given: Collection[str]) -> _Insertion:
    names = [column.name for column in table.columns if column.name in given]
    if dialect.name == "sqlite":
        sql = str(insert(table).compile(dialect=dialect, column_keys=names))
    else:
        quoted = dialect.identifier_preparer.quote
        sql = f"COPY {quoted(table.name)} ({', '.join(map(quoted, names))}) FROM STDIN"
    converters = (
        (index, table.columns[name].type.dialect_impl(dialect).bind_processor(dialect))
        for index, name in enumerate(names)
    )
    converted = tuple((index, convert) for index, convert in converters if convert is not None)
    return _Insertion(sql, itemgetter(*names), converted)


def _stored(insertion: _Insertion, rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    columns, converted = insertion.columns, insertion.converted
    for row in rows:
        cells = list(columns(row))
        for index, convert in converted:
            if cells[index] is not None:
                cells[index] = convert(cells[index])
        yield cells
