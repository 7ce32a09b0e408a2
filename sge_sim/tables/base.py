"""What every table shares: the declarative base and the column types of our own."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, String, TypeDecorator
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


class Instant(TypeDecorator[datetime]):
    """An aware instant: stored in UTC, read back aware in UTC.

    UTC and not legal time, because subtracting two legal times of the same zone ignores the hour
    that a clock change adds or takes. Show it with `.astimezone(PARIS)`.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without time zone can't be stored: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Payload(TypeDecorator[P]):
    """A small frozen dataclass kept as JSON; replace it as a whole to change it."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, cls: type[P]) -> None:
        super().__init__()
        self.cls = cls

    def process_bind_param(self, value: P | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else asdict(value)

    def process_result_value(self, value: Mapping[str, Any] | None, dialect: Dialect) -> P | None:
        return None if value is None else self.cls(**value)


# A number given by the database. SQLite only numbers rows by itself in an INTEGER column.
RowId = BigInteger().with_variant(Integer, "sqlite")
