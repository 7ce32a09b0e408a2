"""What every table shares: the declarative base, the facts of its rows, column types of our own."""

from collections.abc import Callable
from dataclasses import asdict, field, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    TypeDecorator,
    event,
)
from sqlalchemy.orm import DeclarativeBase

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    P = TypeVar("P", bound=DataclassInstance)
else:
    P = TypeVar("P")


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: String(255)}  # noqa: RUF012 - how SQLAlchemy takes it


class Facts:
    """The base of frozen rows: their fields are the columns that another base declares, which a
    table has too, then their own. A type checker knows those columns, not that they are frozen.

    >>> class ContratColumns:
    ...     contrat_id: Mapped[str] = mapped_column(String(15), primary_key=True)
    >>> class Contrat(ContratColumns, Base): ...
    >>> @dataclass(frozen=True, slots=True)
    ... class ContratFacts(ContratColumns, Facts): ...
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        names = [name for columns in cls.__bases__ for name in columns.__annotations__]
        for name in names:
            if name not in vars(cls):  # `slots` makes the class anew, with its fields in place
                setattr(cls, name, field())
        cls.__annotations__ = dict.fromkeys(names, Any) | cls.__annotations__


def columns_read(table: type[Base], facts: type[Any]) -> list[Any]:
    """Return the columns of a table that these facts have, in their order."""
    columns = table.__table__.c
    return [columns[each.name] for each in fields(facts) if each.name in columns]


def values_of(row: Base, *without: str) -> dict[str, Any]:
    """Return the values of a row by column."""
    names = (column.name for column in row.__table__.columns)
    return {name: getattr(row, name) for name in names if name not in without}


class Instant(TypeDecorator[datetime]):
    """An aware instant: stored in UTC, read back aware in UTC.

    UTC and not legal time, because subtracting two legal times of the same zone ignores the hour
    that a clock change adds or takes. Show it with `.astimezone(PARIS)`.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        write: Any = self.impl_instance.bind_processor(dialect) or _as_it_is
        return lambda value: (
            None
            if value is None
            else write(value.astimezone(UTC) if value.tzinfo is not None else _refuse(value))
        )

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        read: Any = self.impl_instance.result_processor(dialect, coltype) or _as_it_is
        return lambda value: (
            None
            if value is None
            else found.replace(tzinfo=UTC)
            if (found := read(value)).tzinfo is None
            else found.astimezone(UTC)
        )


class Payload(TypeDecorator[P]):
    """A small frozen dataclass kept as JSON; replace it as a whole to change it."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, cls: type[P]) -> None:
        super().__init__()
        self.cls = cls

    def bind_processor(self, dialect: Dialect) -> Callable[[P | None], Any]:
        write: Any = self.impl_instance.bind_processor(dialect) or _as_it_is
        return lambda value: write(None if value is None else asdict(value))

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], P | None]:
        read: Any = self.impl_instance.result_processor(dialect, coltype) or _as_it_is
        return lambda value: None if (found := read(value)) is None else self.cls(**found)


def with_postgresql(index: Index, **options: Any) -> Index:
    """Return an index with options of PostgreSQL, whose dialect isn't loaded for them elsewhere."""

    def add(_index: Index, connection: Connection, **_: Any) -> None:
        if connection.dialect.name == "postgresql":
            index.dialect_options["postgresql"].update(options)

    event.listen(index, "before_create", add)
    return index


def matching(*wanted: tuple[Any, Any]) -> list[ColumnElement[bool]]:
    """Return what selects rows by columns and the values beside them; None wants nothing."""
    return [column == value for column, value in wanted if value is not None]


def _as_it_is(value: Any) -> Any:
    return value


def _refuse(value: datetime) -> datetime:
    raise ValueError(f"an instant without time zone can't be stored: {value}")


# A number given by the database. SQLite only numbers rows by itself in an INTEGER column.
RowId = BigInteger().with_variant(Integer, "sqlite")
