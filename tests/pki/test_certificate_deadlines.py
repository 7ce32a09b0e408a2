"""Working days before the end of a certificate."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import strategies as st

from sge_sim.clock import PARIS
from sge_sim.pki.deadlines import in_legal_time, renewal_deadline, rotation_warning

DAYS = st.dates(date(2015, 1, 1), date(2045, 1, 1))


@pytest.mark.documented("FAQ")
@pytest.mark.parametrize(
    ("expiry", "deadline"),
    [
        (date(2026, 3, 31), date(2026, 3, 10)),  # three plain weeks
        (date(2026, 5, 29), date(2026, 5, 5)),  # 8, 14 and 25 May off
        (date(2026, 1, 9), date(2025, 12, 17)),  # 25 December and 1 January off
        (date(2026, 3, 29), date(2026, 3, 9)),  # a Sunday
        (date(2025, 5, 12), date(2025, 4, 16)),  # Easter Monday, 1 and 8 May off
    ],
)
def test_new_certificate_is_handed_in_15_working_days_before(expiry: date, deadline: date) -> None:
    assert renewal_deadline(expiry) == deadline


END = datetime(2026, 3, 31, 12, tzinfo=PARIS)
A_SECOND = timedelta(seconds=1)


@pytest.mark.documented("FAQ")
def test_the_renewal_is_told_from_the_first_second_of_the_deadline_on() -> None:
    deadline = datetime(2026, 3, 10, tzinfo=PARIS)
    assert rotation_warning(END, deadline - A_SECOND) is None
    told = rotation_warning(END, deadline)
    assert told is not None
    assert "expire le 31/03/2026 : le nouveau était à déposer le 10/03/2026" in told


def test_a_certificate_has_expired_after_its_last_second_only() -> None:
    for now, verb in ((END, "certificat expire le"), (END + A_SECOND, "certificat a expiré le")):
        told = rotation_warning(END, now)
        assert told is not None
        assert verb in told


@pytest.mark.documented("RFC 5280 §4.1.2.5")
def test_a_certificate_without_an_end_has_a_last_day_in_legal_time() -> None:
    no_end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert in_legal_time(no_end) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=PARIS)
    assert renewal_deadline(in_legal_time(no_end).date()) == date(9999, 12, 10)
    assert rotation_warning(no_end, END) is None
    assert in_legal_time(END.astimezone(UTC)) == END
    assert renewal_deadline(date(1, 1, 3)) == date.min
