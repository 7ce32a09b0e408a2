"""Instants: stored in UTC, read back aware, right on the days when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from sge_sim.clock import PARIS
from sge_sim.facts.database import Database
from sge_sim.tables.clock import ClockRow
from sge_sim.tables.models import Base

ENGINE = create_engine("sqlite://")
Base.metadata.create_all(ENGINE, tables=[Base.metadata.tables["clock"]])


def stored(*instants: datetime) -> list[datetime | None]:
    """Store instants, and read them back in the order of the database."""
    with Session(ENGINE) as session:
        session.add_all(
            ClockRow(id=number, kind="frozen", offset_us=0, instant=instant)
            for number, instant in enumerate(instants)
        )
        session.flush()
        session.expire_all()
        return list(session.scalars(select(ClockRow.instant).order_by(ClockRow.instant)))


@given(
    st.datetimes(
        min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
        timezones=st.sampled_from([PARIS, UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Lima")]),
    )
)
def test_an_instant_comes_back_the_same_and_in_utc(instant: datetime) -> None:
    (back,) = stored(instant)
    assert back.astimezone(UTC) == instant.astimezone(UTC)
    assert back.tzinfo is UTC


def test_the_hour_that_comes_twice_in_autumn_is_kept_apart_and_in_order() -> None:
    summer = datetime(2021, 10, 31, 2, 30, tzinfo=PARIS)
    winter = summer.replace(fold=1)
    first, second = stored(winter, summer)
    assert second - first == timedelta(hours=1)
    assert first.astimezone(PARIS).utcoffset() == timedelta(hours=2)


def test_an_instant_is_written_in_utc_without_a_zone_for_whoever_reads_the_file() -> None:
    with Session(ENGINE) as session:
        instant = datetime(2021, 10, 31, 2, 30, tzinfo=PARIS)
        session.add(ClockRow(id=1, kind="frozen", offset_us=0, instant=instant))
        session.flush()
        written = session.connection().exec_driver_sql("SELECT instant FROM clock").scalar()
    assert written == "2021-10-31 00:30:00.000000"


def test_the_hour_that_is_skipped_in_spring_does_not_lengthen_a_duration() -> None:
    before = datetime(2022, 3, 27, 1, 59, tzinfo=PARIS)
    after = datetime(2022, 3, 27, 3, 0, tzinfo=PARIS)
    first, second = stored(before, after)
    assert second - first == timedelta(minutes=1)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(StatementError, match="without time zone"):
        stored(datetime(2022, 3, 27, 1, 59))  # noqa: DTZ001 - what is refused


def test_no_instant_is_no_instant(database: Database) -> None:
    with database.transaction() as session:
        session.add(ClockRow(id=1, kind="real", offset_us=0, instant=None))
    with database.sessions() as session:
        assert session.scalars(select(ClockRow.instant)).one() is None
