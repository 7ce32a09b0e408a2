"""Series as bytes: every value in its place, every stamp in legal time."""

import doctest
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from sge_sim.clock import PARIS
from sge_sim.mesures.horodates import Stamp, write_stamps
from sge_sim.soap import rows as rows_of_measures
from sge_sim.soap.rows import ModeleLigne, write_rows

NAIVE = ModeleLigne("<points><v>{v}</v><d>{d}</d><n>100%</n></points>", Stamp.NAIF)
AWARE = ModeleLigne("<mesure><d>{d}</d><v>{v}</v></mesure>", Stamp.AVEC_DECALAGE)


def legal(instants: list[int]) -> np.ndarray:
    """The offset of legal time at each instant."""
    offsets = [datetime.fromtimestamp(each, UTC).astimezone(PARIS).utcoffset() for each in instants]
    return np.array([int(offset.total_seconds()) for offset in offsets if offset is not None])


series = st.lists(
    st.tuples(st.integers(1_500_000_000, 1_900_000_000), st.integers(0, 10**9)), max_size=60
)


@given(series)
@settings(deadline=None)
def test_every_row_has_its_stamp_and_its_number(rows: list[tuple[int, int]]) -> None:
    instants = np.array([instant for instant, _ in rows], np.int64)
    numbers = np.array([number for _, number in rows], np.int64)
    offsets = legal(instants.tolist()).astype(np.int64)
    written = write_rows(AWARE, instants, offsets, numbers)
    read = etree.fromstring(b"<r>" + written + b"</r>")
    found = [
        (int(datetime.fromisoformat(row.findtext("d")).timestamp()), int(row.findtext("v")))
        for row in read
    ]
    assert found == rows
    naive = etree.fromstring(b"<r>" + write_rows(NAIVE, instants, offsets, numbers) + b"</r>")
    stamps = [row.findtext("d") for row in naive]
    assert stamps == [
        datetime.fromtimestamp(each, PARIS).strftime("%Y-%m-%d %H:%M:%S") for each, _ in rows
    ]
    assert {row.findtext("n") for row in naive} <= {"100%"}


@pytest.mark.observed("the stamps of v2.0 and v3.0")
def test_stamps_are_written_as_they_were_observed() -> None:
    instant, offset = np.array([1_641_337_200]), np.array([3600])
    assert [list(write_stamps(stamp, instant, offset)) for stamp in Stamp] == [
        ["2022-01-05T00:00:00.000+01:00"],
        ["2022-01-05 00:00:00"],
        ["2022-01-05"],
    ]


def test_two_series_of_the_same_window_share_nothing_but_their_stamps() -> None:
    instants, offsets = np.arange(0, 1800 * 48, 1800), np.zeros(48, np.int64)
    written = write_rows(NAIVE, instants, offsets, np.arange(48))
    other = write_rows(NAIVE, instants, offsets, np.arange(48) + 1)
    assert written != other
    assert written == write_rows(NAIVE, instants, offsets, np.arange(48))


def test_the_example_of_the_documentation_works() -> None:
    assert doctest.testmod(rows_of_measures) == (0, 3)


def test_stamps_that_somebody_may_change_are_read_each_time() -> None:
    instants, offsets, numbers = np.array([1_641_337_200]), np.array([3600]), np.array([1])
    first = write_rows(NAIVE, instants, offsets, numbers)
    instants += 86_400
    assert write_rows(NAIVE, instants, offsets, numbers) == first.replace(b"-05 ", b"-06 ")
    shared = instants.copy()
    shared.setflags(write=False)
    assert [write_rows(NAIVE, shared, offsets, numbers + n).count(b"-06 ") for n in (0, 1)] == [
        1,
        1,
    ]
