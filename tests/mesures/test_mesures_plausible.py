"""What a person who plots the curves would notice."""

from datetime import date

import numpy as np
import pytest
from mesures_points import POSE, apres, grand, linky

from sge_sim.mesures import ProfilConsommation, courbe, energies_quotidiennes

ANNEE = (date(2023, 7, 1), date(2024, 7, 1))
pytestmark = pytest.mark.assumed("no document describes consumptions")


def annual_mwh(points: list) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([energies_quotidiennes(p, *ANNEE).valeurs.sum() / 1e6 for p in points])


def test_dwellings_consume_1_to_10_mwh_most_of_them_2_to_8() -> None:
    mwh = annual_mwh([linky(g, kva=kva) for g in range(40) for kva in (3, 6, 9, 12)])
    assert mwh.min() > 1
    assert mwh.max() < 10
    assert ((mwh > 2) & (mwh < 8)).mean() > 0.65


def test_large_points_use_their_power_1500_to_5000_hours() -> None:
    for kw, segment in ((60, "C4"), (2_000, "C2")):
        mwh = annual_mwh([grand(g, kw=kw, segment=segment) for g in range(20)])
        assert (mwh * 1000 / kw).min() > 1_500
        assert (mwh * 1000 / kw).max() < 5_000


def test_a_solar_plant_yields_about_1150_kwh_per_kw() -> None:
    mwh = annual_mwh([linky(g, kva=6, segment="P4") for g in range(30)])
    assert 1_000 < mwh.mean() * 1000 / 6 < 1_300


def by_hour(points: list, debut: date, jours: int) -> np.ndarray:  # type: ignore[type-arg]
    moyennes = []
    for point in points:
        vue = courbe(point, debut, apres(debut, jours))
        moyennes.append(vue.valeurs.reshape(jours, 24, -1).mean(axis=(0, 2)))
    return np.array(moyennes).mean(axis=0)


def test_dwellings_peak_in_the_evening_and_sleep_at_night() -> None:
    # Subscribed to 3 kVA: no water heater to hide the rest.
    heures = by_hour([linky(g, kva=3) for g in range(30)], date(2024, 1, 8), 12)
    assert heures[18:21].max() == heures.max()
    assert heures[7:9].max() > 1.3 * heures[2:5].max()
    assert heures.max() > 2 * heures[2:5].mean()


def test_the_water_heater_starts_with_the_off_peak_hours() -> None:
    points = [linky(g, kva=9) for g in range(40)]
    heures = by_hour(points, date(2024, 6, 3), 14)
    assert heures[22] > 2 * heures[21]


def test_winter_costs_more_than_summer() -> None:
    points = [linky(g, kva=9) for g in range(40)]
    hiver = sum(
        energies_quotidiennes(p, date(2024, 1, 1), date(2024, 2, 1)).valeurs.sum() for p in points
    )
    ete = sum(
        energies_quotidiennes(p, date(2024, 7, 1), date(2024, 8, 1)).valeurs.sum() for p in points
    )
    assert hiver > 1.3 * ete


def test_offices_close_on_sundays_and_holidays_and_dwellings_do_not() -> None:
    mercredi, ferie, dimanche = date(2024, 4, 24), date(2024, 5, 1), date(2024, 4, 28)
    jours = [energies_quotidiennes(grand(g), j, apres(j, 1)).valeurs.sum()
             for j in (mercredi, ferie, dimanche) for g in range(20)]  # fmt: skip
    ouvre, chome, repos = np.array(jours).reshape(3, 20).mean(axis=1)
    assert max(chome, repos) < 0.7 * ouvre
    logements = [linky(g, profil=ProfilConsommation.RESIDENTIEL) for g in range(30)]
    semaine = sum(
        energies_quotidiennes(p, mercredi, apres(mercredi, 1)).valeurs[0] for p in logements
    )
    dimanches = sum(
        energies_quotidiennes(p, dimanche, apres(dimanche, 1)).valeurs[0] for p in logements
    )
    assert dimanches > 0.95 * semaine


def test_a_dwelling_is_empty_a_few_weeks_a_year() -> None:
    semaines = energies_quotidiennes(linky(2), date(2022, 1, 3), date(2025, 1, 6)).valeurs[
        : 156 * 7
    ]
    par_semaine = semaines.reshape(-1, 7).sum(axis=1)
    vides = par_semaine < 0.5 * np.median(par_semaine)
    assert 1 <= vides.sum() <= 40


def test_curves_of_two_days_are_never_the_same() -> None:
    jours = courbe(linky(), POSE, date(2019, 3, 8)).valeurs
    # Days of change left out: each row is a day of 48 half-hours.
    lignes = courbe(linky(), date(2024, 4, 1), date(2024, 10, 1)).valeurs.reshape(-1, 48)
    assert len(np.unique(lignes, axis=0)) == len(lignes)
    assert len(np.unique(jours)) > 200
