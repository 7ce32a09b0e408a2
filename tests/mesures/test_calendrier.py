"""The national table: legal midnights, holidays, seasons, colours."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sge_sim.clock import FIN_DES_JOURS, PARIS, PREMIER_JOUR
from sge_sim.mesures.calendrier import (
    BLANCS_PAR_SAISON,
    ROUGES_PAR_SAISON,
    calendrier,
    decalages,
    jour_de,
    minuits,
    numero,
    numero_borne,
)


def test_midnights_are_those_of_paris() -> None:
    attendus = [
        datetime(jour.year, jour.month, jour.day, tzinfo=PARIS).timestamp()
        for jour in map(jour_de, range(len(calendrier().minuits)))
    ]
    assert calendrier().minuits.tolist() == attendus


@given(st.integers(1_104_700_000, 2_366_000_000))
def test_offset_of_any_instant_is_that_of_paris(epoch: int) -> None:
    autour = np.array([epoch - 86_400, epoch, epoch + 86_400])
    attendus = [datetime.fromtimestamp(e, PARIS).utcoffset() for e in autour.tolist()]
    assert [timedelta(seconds=s) for s in decalages(autour).tolist()] == attendus


@pytest.mark.parametrize(
    ("jour", "heures"),
    [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 10, 26), 24)],
)
def test_days_of_change_have_23_and_25_hours(jour: date, heures: int) -> None:
    assert calendrier().heures[numero(jour)] == heures
    debut, fin = minuits(jour, jour + timedelta(1)).tolist()
    assert fin - debut == heures * 3600


def test_a_day_without_a_row_is_told() -> None:
    day = FIN_DES_JOURS + timedelta(1)
    with pytest.raises(ValueError, match=f"^{day} is outside of the years that can be computed$"):
        numero(day)


@pytest.mark.parametrize(
    "ferie",
    [date(2024, 1, 1), date(2024, 4, 1), date(2024, 5, 9), date(2024, 7, 14), date(2024, 12, 25)],
)
def test_public_holidays_and_sundays_are_days_off(ferie: date) -> None:
    assert calendrier().chome[numero(ferie)]
    assert not calendrier().chome[numero(date(2024, 7, 15))]
    assert calendrier().chome[numero(date(2024, 7, 21))]


@pytest.mark.assumed("season of the networks' tariff: November to March")
def test_high_season_goes_from_november_to_march() -> None:
    haute = calendrier().saison_haute
    assert not haute[numero(date(2024, 10, 31))]
    assert haute[numero(date(2024, 11, 1))]
    assert haute[numero(date(2025, 3, 31))]
    assert not haute[numero(date(2025, 4, 1))]


@pytest.mark.assumed("public rule of the six-class calendar, simplified")
@pytest.mark.parametrize("annee", range(2005, 2044))
def test_a_season_has_22_red_and_43_white_days_where_they_may_be(annee: int) -> None:
    table = calendrier()
    debut, fin = numero(date(annee, 9, 1)), numero(date(annee + 1, 9, 1))
    couleur, semaine = table.couleur[debut:fin], table.jour_semaine[debut:fin]
    rouges, blancs = couleur == 2, couleur == 1
    assert (rouges.sum(), blancs.sum()) == (ROUGES_PAR_SAISON, BLANCS_PAR_SAISON)
    assert semaine[rouges].max() <= 4
    assert not table.chome[debut:fin][rouges].any()
    assert table.saison_haute[debut:fin][rouges].all()
    assert semaine[blancs].max() <= 5


def test_winter_is_cold_and_some_days_are_very_cold() -> None:
    table = calendrier()
    janvier, juillet = table.mois == 1, table.mois == 7
    assert table.temperature[janvier].mean() < 80 < 180 < table.temperature[juillet].mean()
    hivers = len(table.mois) // 365
    assert hivers // 8 < (table.temperature < -50).sum() < 3 * hivers


@pytest.mark.assumed("a stay away lasts 11.8 days in summer (surveys of holidays), a week else")
@pytest.mark.parametrize(("mois", "semaines"), [(1, 1), (8, 2)])
def test_two_weeks_of_summer_have_one_number(mois: int, semaines: int) -> None:
    debut = numero(date(2024, mois, 1))
    numeros = calendrier().compteurs[1, debut : debut + 31]
    _, jours = np.unique(numeros, return_counts=True)
    assert jours.max() == 7 * semaines
    assert (np.diff(numeros) >= 0).all()


def test_days_outside_of_the_table_are_refused_or_bounded() -> None:
    with pytest.raises(ValueError, match="outside"):
        numero(date(2004, 12, 31))
    assert jour_de(numero_borne(date(1995, 1, 1))) == PREMIER_JOUR
    assert jour_de(numero_borne(date(2100, 1, 1))) == FIN_DES_JOURS


def test_nobody_can_write_in_the_table() -> None:
    with pytest.raises(ValueError, match="read-only"):
        calendrier().minuits[0] = 0
