"""Working days before the end of a certificate."""

from datetime import date

import pytest
from hypothesis import strategies as st

from sge_sim.pki.deadlines import renewal_deadline

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
