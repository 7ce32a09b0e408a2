"""Which days a publication covers, and when it leaves."""

from datetime import date, timedelta

import pytest
from flux_kit import linky
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.flux.flux import ParAbonnement
from sge_sim.flux.periodes import Frequence, Periode
from sge_sim.flux.registry import BY_CODE, codes_of
from sge_sim.flux.retards import DELAI_MAXIMAL, rattrapes, retard

FLUX = codes_of(ParAbonnement)
JOURS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(jour=JOURS, flux=st.sampled_from(FLUX), frequence=st.sampled_from(Frequence))
def test_periods_follow_each_other_without_gap_and_leave_once_over(
    jour: date, flux: str, frequence: Frequence
) -> None:
    calendrier = BY_CODE[flux].cause.calendrier
    periode = calendrier.periode(frequence, jour)
    assert periode.debut <= jour < periode.fin <= periode.publication.date()
    assert calendrier.periode(frequence, periode.fin - timedelta(1)) == periode
    suivante = calendrier.periode(frequence, periode.fin)
    assert suivante.debut == periode.fin
    assert suivante.publication > periode.publication


@pytest.mark.documented("guides R50, R151 and R4x; hours assumed")
@pytest.mark.parametrize(
    ("flux", "frequence", "jour", "debut", "fin", "publication"),
    [
        ("R50", "Q", "2024-10-27", "2024-10-27", "2024-10-28", "2024-10-29T03:00:00+01:00"),
        ("R151", "Q", "2024-03-30", "2024-03-30", "2024-03-31", "2024-04-01T03:00:00+02:00"),
        # 1 November is a holiday, 2 and 3 a weekend.
        ("R50", "M", "2024-10-15", "2024-10-01", "2024-11-01", "2024-11-06T03:00:00+01:00"),
        ("R4x", "Q", "2024-07-01", "2024-07-01", "2024-07-02", "2024-07-02T06:00:00+02:00"),
        ("R4x", "H", "2024-07-01", "2024-06-29", "2024-07-06", "2024-07-10T20:00:00+02:00"),
        ("R4x", "M", "2024-12-31", "2024-12-01", "2025-01-01", "2025-01-06T20:00:00+01:00"),
        ("R171", "Q", "2024-07-01", "2024-07-01", "2024-07-02", "2024-07-02T09:30:00+02:00"),
    ],
)
def test_daily_files_leave_in_the_nights_after_weeks_and_months_by_the_third_working_day(
    flux: str, frequence: str, jour: str, debut: str, fin: str, publication: str
) -> None:
    periode = BY_CODE[flux].cause.calendrier.periode(Frequence(frequence), date.fromisoformat(jour))
    assert periode == Periode(
        date.fromisoformat(debut), date.fromisoformat(fin), periode.publication
    )
    assert periode.publication.isoformat() == publication


@pytest.mark.documented("guides R50 and R151: within 20 days; how many days are late is assumed")
def test_every_late_day_comes_with_one_later_file_within_20_days() -> None:
    point, debut = linky(), date(2020, 1, 1)
    days = [debut + timedelta(rang) for rang in range(2000)]
    late = {jour: jour + timedelta(retard(point, jour)) for jour in days if retard(point, jour)}
    assert 2 <= len(late) <= 30
    assert all(1 <= (come - jour).days <= DELAI_MAXIMAL for jour, come in late.items())
    caught = {jour: come for come in days for jour in rattrapes(point, debut, come)}
    assert caught == {jour: come for jour, come in late.items() if come <= days[-1]}
