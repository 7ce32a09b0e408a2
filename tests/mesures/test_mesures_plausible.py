"""What a person who plots the curves would notice; `make vraisemblance` judges them at length."""

from datetime import date, timedelta

import numpy as np
import pytest
from mesures_points import POSE, apres, grand, linky

from sge_sim.mesures import (
    ProfilConsommation,
    Structure,
    courbe,
    energies_quotidiennes,
    parse_plages,
)
from sge_sim.mesures.corps_de_metier import METIERS

ANNEE = (date(2023, 7, 1), date(2024, 7, 1))
pytestmark = pytest.mark.assumed("no document describes consumptions")


def annual_mwh(points: list) -> np.ndarray:  # type: ignore[type-arg]
    return np.array([energies_quotidiennes(p, *ANNEE).valeurs.sum() / 1e6 for p in points])


def test_dwellings_consume_some_mwh_and_few_hardly_any() -> None:
    mwh = annual_mwh([linky(g, kva=kva) for g in range(40, 80) for kva in (3, 6, 9, 12)])
    assert 3 < mwh.mean() < 7
    assert mwh.max() < 25
    assert ((mwh > 1) & (mwh < 12)).mean() > 0.8
    assert 0 < (mwh < 0.3).mean() < 0.1


def test_large_points_use_their_power_hundreds_to_8000_hours() -> None:
    for kw, segment in ((60, "C4"), (2_000, "C2")):
        heures = annual_mwh([grand(g, kw=kw, segment=segment) for g in range(20)]) * 1000 / kw
        assert 50 < heures.min() < 2_500
        assert 3_000 < heures.max() < 8_700


def test_a_solar_plant_yields_about_1100_kwh_per_kw() -> None:
    mwh = annual_mwh([linky(g, kva=6, segment="P4") for g in range(30)])
    assert 950 < mwh.mean() * 1000 / 6 < 1_300


def by_hour(points: list, debut: date, jours: int) -> np.ndarray:  # type: ignore[type-arg]
    moyennes = []
    for point in points:
        vue = courbe(point, debut, apres(debut, jours))
        moyennes.append(vue.valeurs.reshape(jours, 24, -1).mean(axis=(0, 2)))
    return np.array(moyennes).mean(axis=0)


def test_dwellings_peak_in_the_evening_and_sleep_at_night() -> None:
    # Subscribed to 3 kVA: no water heater to hide the rest.
    heures = by_hour([linky(g, kva=3) for g in range(40)], date(2024, 1, 8), 12)
    assert heures[18:22].max() == heures.max()
    assert heures.max() > 2 * heures[2:5].mean()


def test_the_water_heater_starts_with_the_off_peak_hours() -> None:
    def en_plus(plages: str) -> np.ndarray:  # type: ignore[type-arg]
        points = [
            linky(g, kva=9, fournisseur=Structure.HP_HC, plages=parse_plages(plages))
            for g in range(40)
        ]
        return by_hour(points, date(2024, 6, 3), 14)

    # The same dwellings under other ranges: the driven energy moves.
    ecarts = en_plus("22H00-6H00") - en_plus("1H00-9H00")
    assert ecarts[22:24].min() > 60
    assert ecarts[1:3].max() < -60
    assert abs(ecarts[10:20]).max() < 30


def test_winter_costs_more_than_summer() -> None:
    points = [linky(g, kva=9) for g in range(40)]
    hiver, ete = (
        sum(
            energies_quotidiennes(p, date(2024, mois, 1), date(2024, mois + 1, 1)).valeurs.sum()
            for p in points
        )
        for mois in (1, 7)
    )
    assert hiver > 1.3 * ete


def test_workplaces_close_on_sundays_and_holidays_and_dwellings_do_not() -> None:
    mercredi, ferie, dimanche = date(2024, 4, 24), date(2024, 5, 1), date(2024, 4, 28)
    jours = [energies_quotidiennes(grand(g), j, apres(j, 1)).valeurs.sum()
             for j in (mercredi, ferie, dimanche) for g in range(80)]  # fmt: skip
    ouvre, chome, repos = np.array(jours).reshape(3, 80).mean(axis=1)
    assert repos < 0.92 * ouvre
    assert repos < chome < ouvre
    logements = [linky(g, profil=ProfilConsommation.RESIDENTIEL) for g in range(40)]
    semaine, dimanches = (
        sum(
            energies_quotidiennes(p, jour, apres(jour, 1)).valeurs[0]
            for p in logements
            for jour in (apres(premier, 7 * rang) for rang in range(4))
        )
        for premier in (mercredi, dimanche)
    )
    assert dimanches > 0.9 * semaine


def test_many_dwellings_are_empty_some_days_of_a_year() -> None:
    vides = []
    for graine in range(20):
        jours = energies_quotidiennes(linky(graine), date(2023, 1, 1), date(2024, 1, 1)).valeurs
        vides.append((jours < 0.35 * np.median(jours)).mean())
    assert 0.01 < np.mean(vides) < 0.12
    assert sum(part > 0 for part in vides) > 8


def test_there_are_as_many_trades_as_wanted_and_each_is_met() -> None:
    assert len(METIERS) >= 16
    assert all(sum(metier.poids) > 0 for metier in METIERS.values())


def test_curves_of_two_days_are_never_the_same() -> None:
    jours = courbe(linky(), POSE, POSE + timedelta(730)).valeurs
    # Days of change left out: each row is a day of 48 half-hours.
    lignes = courbe(linky(), date(2024, 4, 1), date(2024, 10, 1)).valeurs.reshape(-1, 48)
    assert len(np.unique(lignes, axis=0)) == len(lignes)
    assert len(np.unique(jours)) > 200
