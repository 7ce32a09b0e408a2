"""Daily energies and maximum powers, monthly maximum powers."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from mesures_points import POSE, apres, durees, examples, grand, grands, jours, linky, linkys

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    Grandeur,
    PointMesure,
    PuissanceMensuelle,
    Trou,
    courbe,
    energies_quotidiennes,
    minuits,
    puissances_maximales,
    puissances_mensuelles,
)

LUNDI = date(2024, 1, 8)


@given(linkys, jours, durees)
@examples(40)
def test_c5_maximum_power_is_at_least_the_curve_and_within_the_subscribed(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    maxima = puissances_maximales(point, debut, fin)
    vue = courbe(point, debut, fin)
    bords = np.searchsorted(vue.horodates, minuits(debut, fin), side="right")
    plus_hauts = np.maximum.reduceat(vue.valeurs, bords[:-1])
    assert (maxima.valeurs >= plus_hauts).all()
    assert (maxima.valeurs <= 1000 * point.puissances[0].valeur).all()
    # At an instant of the half-hour that has the largest mean.
    rangs = np.searchsorted(vue.horodates - 1800, maxima.horodates, side="right") - 1
    assert vue.valeurs[rangs].tolist() == plus_hauts.tolist()
    assert maxima.minuits.tolist() == minuits(debut, fin)[:-1].tolist()


@given(grands, jours, durees)
@examples(20)
def test_large_maximum_power_is_that_of_the_curve_at_the_start_of_its_step(
    point: PointMesure, debut: date, duree: int
) -> None:
    maxima = puissances_maximales(point, debut, apres(debut, duree))
    vue = courbe(point, debut, apres(debut, duree))
    rangs = np.searchsorted(vue.horodates, maxima.horodates)
    assert vue.horodates[rangs].tolist() == maxima.horodates.tolist()
    assert vue.valeurs[rangs].tolist() == maxima.valeurs.tolist()
    assert maxima.valeurs.max() == vue.valeurs.max()


def test_instants_of_maximum_are_irregular_and_mostly_above_the_mean() -> None:
    maxima = puissances_maximales(linky(), date(2023, 1, 1), date(2024, 1, 1))
    vue = courbe(linky(), date(2023, 1, 1), date(2024, 1, 1))
    assert len(np.unique(maxima.horodates % 60)) > 50
    assert maxima.valeurs.max() > vue.valeurs.max()


def test_maximum_power_does_not_need_the_collection_of_the_curve() -> None:
    point = replace(linky(), collectes=())
    vus = puissances_maximales(point, LUNDI, apres(LUNDI, 3)).valeurs
    assert vus.tolist() == puissances_maximales(linky(), LUNDI, apres(LUNDI, 3)).valeurs.tolist()


JOUR_PERDU = Trou(datetime(2024, 1, 10, tzinfo=PARIS), datetime(2024, 1, 11, tzinfo=PARIS))


def test_a_lost_day_has_neither_maximum_nor_energy_and_spoils_the_energy_of_the_next() -> None:
    point = replace(linky(), trous=(JOUR_PERDU,))
    fenetre = (LUNDI, apres(LUNDI, 5))
    assert puissances_maximales(point, *fenetre).valides.tolist() == [1, 1, 0, 1, 1]
    # The index of the 11th is lost: two differences need it.
    assert energies_quotidiennes(point, *fenetre).valides.tolist() == [1, 1, 0, 0, 1]
    seul = energies_quotidiennes(point, date(2024, 1, 11), date(2024, 1, 12))
    assert seul.valides.tolist() == [False]


@pytest.mark.assumed("the integral of an incomplete curve is not given")
def test_c1_c4_energy_is_lost_with_one_point_of_its_curve() -> None:
    trou = Trou(
        datetime(2024, 1, 9, 12, 5, tzinfo=PARIS), datetime(2024, 1, 9, 12, 10, tzinfo=PARIS)
    )
    point = replace(grand(), trous=(trou, JOUR_PERDU))
    vues = energies_quotidiennes(point, LUNDI, apres(LUNDI, 5))
    assert vues.valides.tolist() == [1, 0, 0, 1, 1]
    assert (
        vues.valeurs.tolist()
        == energies_quotidiennes(grand(), LUNDI, apres(LUNDI, 5)).valeurs.tolist()
    )


def test_reactive_energy_is_the_integral_of_its_curve() -> None:
    energie = energies_quotidiennes(grand(), LUNDI, apres(LUNDI, 1), Grandeur.PRI).valeurs[0]
    assert energie == courbe(grand(), LUNDI, apres(LUNDI, 1), Grandeur.PRI).valeurs.sum() // 12
    assert energie > 0


@pytest.mark.documented("GUI 0488: no measure without daily value, nil under seven")
def test_monthly_maximum_needs_seven_daily_values() -> None:
    quotidiens = puissances_maximales(linky(), date(2024, 1, 1), date(2024, 2, 1))
    attendu = int(quotidiens.valeurs.max())
    assert puissances_mensuelles(linky(), date(2023, 12, 26), date(2024, 2, 8)) == (
        PuissanceMensuelle(date(2023, 12, 1), None),
        PuissanceMensuelle(date(2024, 1, 1), attendu),
        PuissanceMensuelle(
            date(2024, 2, 1),
            int(puissances_maximales(linky(), date(2024, 2, 1), date(2024, 2, 8)).valeurs.max()),
        ),
    )
    fevrier = Trou(datetime(2024, 2, 1, tzinfo=PARIS), datetime(2024, 3, 1, tzinfo=PARIS))
    perdu = puissances_mensuelles(
        replace(linky(), trous=(fevrier,)), date(2024, 1, 1), date(2024, 3, 8)
    )
    assert [mesure.mois.month for mesure in perdu] == [1, 3]


def test_nothing_daily_before_the_mise_en_service() -> None:
    point = replace(linky(), mise_en_service=LUNDI)
    energies = energies_quotidiennes(point, POSE, apres(LUNDI, 2))
    maxima = puissances_maximales(point, POSE, apres(LUNDI, 2))
    assert energies.minuits.tolist() == minuits(LUNDI, apres(LUNDI, 2))[:-1].tolist()
    assert maxima.minuits.tolist() == energies.minuits.tolist()
    assert puissances_maximales(point, POSE, LUNDI).valeurs.tolist() == []
    assert puissances_mensuelles(point, POSE, LUNDI) == ()
