"""What writes: rows, the numbers that they are given, and that a transaction wrote.

What an order leaves is written at once (`write_at`); many rows of one table are inserted by the
driver itself, COPY where there is one (`insert_rows`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, cast

from sqlalchemy import (
    BigInteger,
    Dialect,
    String,
    Table,
    bindparam,
    func,
    insert,
    inspect,
    literal_column,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from sge_sim.tables.base import Base, Instant
from sge_sim.tables.prepared import Driver, Prepared, Query, Rows

_Ordres = Literal["affaire", "service_souscrit", "abonnement", "autorisation", "panne"]
SerieNumeros = Literal[_Ordres, "perimetre", "reference"]


class Numero(Base):
    """The last number given of a sort; the first row of each comes with the schema."""

    __tablename__ = "numero"

    sorte: Mapped[SerieNumeros] = mapped_column(String(16), primary_key=True)
    dernier: Mapped[int] = mapped_column(BigInteger)


_NUMERO = Numero.__table__.c
_NEXT = Prepared(
    update(Numero)
    .where(_NUMERO.sorte == bindparam("sorte"))
    .values(dernier=_NUMERO.dernier + 1)
    .returning(_NUMERO.dernier)
)
_LAST = Prepared(select(_NUMERO.sorte, _NUMERO.dernier))
_GIVE = Prepared(
    update(Numero)
    .where(_NUMERO.sorte == bindparam("serie"))
    .values(dernier=bindparam("numero", type_=BigInteger))
)


def next_numero(session: Session, sorte: SerieNumeros) -> int:
    """Return a number that was never given, and greater than all those given.

    A transaction that is rolled back gives its numbers back.
    """
    return next_numeros(session, sorte)[0]


def next_numeros(session: Session, *sortes: SerieNumeros) -> list[int]:
    """Return a number of each sort, as `next_numero` does."""
    driver = Driver.of(session.connection())
    given = driver.execute([(_NEXT, {"sorte": sorte}) for sorte in sortes])
    assert all(given), f"no series of numbers is called one of {sortes}"
    return [rows[0][0] for rows in given]


Numeros = Mapping[str, int]
"""The last number given of each sort (`SerieNumeros`)."""
read_numeros: Final[Query[Numeros]] = Query((_LAST,), (), dict)
"""They are read under the lock: the transaction gives those that follow (`write_at`)."""

_ROW: Final = 1


class Ecriture(Base):
    """The only row, which comes with the schema.

    `numero` grows with each writing transaction on PostgreSQL; SQLite counts them by itself.
    `instant` is the latest at which an order or an event happened, empty before the first.
    """

    __tablename__ = "ecriture"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    numero: Mapped[int] = mapped_column(BigInteger)
    instant: Mapped[datetime | None] = mapped_column(Instant)


class Schema(Base):
    """The only row, which comes with the schema: the number of the tables, of any version."""

    __tablename__ = "schema_sge_sim"

    numero: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


_ECRITURE = Ecriture.__table__.c
_WRITTEN = Prepared(select(_ECRITURE.numero).where(_ECRITURE.id == _ROW))
# A process that is suspended in a transaction would hold the others up until it goes on.
_SILENCE_MS: Final = 10_000
ENDING_SILENT: Final = func.set_config(
    "idle_in_transaction_session_timeout", str(_SILENCE_MS), True
)
"""What has PostgreSQL end a transaction whose process says nothing for ten seconds."""
_COUNT = Prepared(
    update(Ecriture)
    .where(_ECRITURE.id == _ROW)
    .values(numero=_ECRITURE.numero + 1)
    .returning(ENDING_SILENT),
    (literal_column("''", String),),
)
_INSTANT = Prepared(select(_ECRITURE.instant).where(_ECRITURE.id == _ROW))
_REACH = Prepared(
    update(Ecriture)
    .where(
        _ECRITURE.id == _ROW,
        _ECRITURE.instant.is_(None) | (_ECRITURE.instant < bindparam("jusque", type_=Instant)),
    )
    .values(instant=bindparam("jusque", type_=Instant))
)


def read_count(driver: Driver) -> int:
    """Return how many writing transactions there were on PostgreSQL."""
    ((numero,),) = _WRITTEN.rows(driver)  # the schema brings the row
    assert isinstance(numero, int)
    return numero


def count_writing(driver: Driver) -> None:
    """Count a writing transaction: those that write wait here for the one before to end."""
    _COUNT.rows(driver)


read_last_instant: Final[Query[datetime | None]] = Query(
    (_INSTANT,), (), lambda rows: rows[0][0] if rows else None
)
"""The latest instant (UTC) at which anything happened; None if nothing did. What the data set
brings (oppositions) doesn't count."""


def reach(session: Session, instant: datetime) -> None:
    """Note that something happens at `instant` (aware): an order, an event, a start, an end."""
    _REACH.rows(Driver.of(session.connection()), jusque=instant)


_INSERTIONS: Final[dict[type, tuple[Prepared, tuple[str, ...]]]] = {}
_UPDATES: Final[dict[tuple[type, tuple[str, ...]], Prepared]] = {}
Written = tuple[Prepared, Mapping[str, object]]
"""A statement that writes, and its values."""


def write_at_once(session: Session, rows: Iterable[Any] = (), *others: Written) -> list[Rows]:
    """Write what a session has changed, then insert rows and execute other statements: together.

    The session lets go of what it has read, which nobody needs afterwards. Returns what each of
    `rows` (see `insertion`) and of `others` gives back.
    """
    if session.new or session.deleted:
        session.flush()
    changes = [_change(row) for row in session.dirty]
    session.expunge_all()
    written = [*changes, *map(insertion, rows), *others]
    return Driver.under(session).execute(written)[len(changes) :]


def insertion(row: Any) -> Written:
    """Return what inserts a row for `Driver.execute`: an object of no session, and which nobody
    needs as a row of the session afterwards. The database gives the number of one that counts,
    which it returns."""
    known = _INSERTIONS.get(type(row))
    if known is None:
        table: Table = row.__table__
        counted = table.autoincrement_column
        names = tuple(column.name for column in table.c if column is not counted)
        statement = insert(table).values({name: bindparam(name) for name in names})
        if counted is not None:
            statement = statement.returning(counted)
        known = _INSERTIONS[type(row)] = (Prepared(statement), names)
    return known[0], {name: getattr(row, name) for name in known[1]}


def _change(row: Any) -> Written:
    """Return what writes the columns of a row of a session that have changed."""
    table, unmodified = row.__table__, inspect(row).unmodified
    changed = tuple(column.name for column in table.c if column.name not in unmodified)
    keys = {f"key_{column.name}": column for column in table.primary_key}
    known = _UPDATES.get((type(row), changed))
    if known is None:
        named = (column == bindparam(name) for name, column in keys.items())
        known = Prepared(
            update(table).where(*named).values({name: bindparam(name) for name in changed})
        )
        _UPDATES[type(row), changed] = known
    values = {name: getattr(row, name) for name in changed}
    return known, values | {name: getattr(row, column.name) for name, column in keys.items()}


def write_at(
    session: Session,
    instant: datetime,
    rows: Iterable[Base] = (),
    numeros: Numeros = MappingProxyType({}),
) -> None:
    """Insert rows and note that it happens at `instant` (aware), and the last numbers that were
    given, if any: with what the session has changed, see `write_at_once`."""
    given = [(_GIVE, {"serie": sorte, "numero": numero}) for sorte, numero in numeros.items()]
    write_at_once(session, rows, (_REACH, {"jusque": instant}), *given)


class _Bulk(NamedTuple):
    """A statement, what it takes of a row in its order, and which of that is stored otherwise."""

    sql: str
    columns: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]


_BULKS: Final[dict[tuple[str, str, tuple[str, ...]], _Bulk]] = {}


def insert_rows(session: Session, of: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a table: mappings of the same columns, two at least.

    What the session holds is written first.
    """
    if rows:
        insert_by(Driver.under(session), cast(Table, of.__table__), rows)


def insert_by(driver: Driver, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as `insert_rows` does, one at least; what they have of no column is left out."""
    names = tuple(rows[0])
    key = driver.dialect.name, table.name, names
    bulk = _BULKS.get(key)
    if bulk is None:
        bulk = _BULKS[key] = _bulk(driver.dialect, table, names)
    driver.insert(bulk.sql, _stored(bulk, rows))


def _bulk(dialect: Dialect, table: Table, given: Collection[str]) -> _Bulk:
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
    return _Bulk(sql, itemgetter(*names), converted)


def _stored(bulk: _Bulk, rows: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    columns, converted = bulk.columns, bulk.converted
    for row in rows:
        cells = list(columns(row))
        for index, convert in converted:
            if cells[index] is not None:
                cells[index] = convert(cells[index])
        yield cells
