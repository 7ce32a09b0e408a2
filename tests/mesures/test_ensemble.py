"""One day of many points: the values of each alone."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from mesures_points import PLAGES, POSE, linky

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    Opposition,
    PeriodeCollecte,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    courbe,
    puissances_maximales,
)
from sge_sim.mesures.ensemble import courbes_du_jour, maxima_du_jour
from sge_sim.mesures.installations import _gardees, find_cles, keep_cles
from sge_sim.mesures.lecture import Lecture
from sge_sim.mesures.series import read_curves_of_day, read_series

JOUR = timedelta(1)
LINKY = replace(
    linky(0, kva=6, distributeur=Structure.SAISONS_C5, plages=PLAGES[1]), grille_fournisseur=()
)
POINTS = [
    replace(
        LINKY,
        graine=graine,
        segment="P4" if graine % 7 == 0 else "C5",
        puissances=(PuissanceSouscrite(POSE, 3 + 3 * (graine % 4)),),
        heures_creuses=() if graine % 3 else LINKY.heures_creuses,
    )
    for graine in range(60)
]


@pytest.mark.parametrize(
    "jour", [date(2024, 3, 31), date(2024, 7, 1), date(2024, 10, 27), date(2024, 12, 25)]
)
def test_points_together_have_the_values_of_each_alone(jour: date) -> None:
    attendues = [courbe(one, jour, jour + JOUR).valeurs.tolist() for one in POINTS]
    assert courbes_du_jour(POINTS, jour) == attendues
    maxima = [int(puissances_maximales(one, jour, jour + JOUR).valeurs[0]) for one in POINTS]
    assert maxima_du_jour(POINTS, jour) == maxima


@pytest.mark.parametrize("jour", [date(2024, 3, 31), date(2024, 7, 1), date(2024, 10, 27)])
def test_the_curves_of_a_day_are_the_series_of_each_point(jour: date) -> None:
    together = read_curves_of_day([*POINTS, replace(LINKY, collectes=())], jour)
    assert together.pop() is None
    for point, serie in zip(POINTS, together, strict=True):
        (alone,) = read_series(point, Lecture("COURBE", "PA", jour, jour + JOUR))
        assert serie.grandeur == alone.grandeur
        for found, wanted in zip(serie.troncons, alone.troncons, strict=True):
            assert all(map(np.array_equal, found, wanted))


def test_nothing_is_said_of_a_point_that_is_not_like_the_others() -> None:
    jour = date(2024, 7, 1)
    minuit = datetime(2024, 7, 1, tzinfo=PARIS)
    sans_courbe = [
        replace(LINKY, collectes=()),
        replace(LINKY, collectes=(PeriodeCollecte(date(2024, 7, 2)),)),
        replace(LINKY, oppositions=(Opposition(date(2024, 6, 1)),)),
    ]
    muets = [
        replace(LINKY, trous=(TrouDeCourbe(minuit, minuit + timedelta(hours=1)),)),
        replace(LINKY, resiliation=jour),
        replace(LINKY, mise_en_service=jour + JOUR),
        replace(LINKY, segment="C4"),
    ]
    assert courbes_du_jour([*sans_courbe, *muets], jour) == [None] * 7
    assert maxima_du_jour(muets, jour) == [None] * 4
    assert None not in maxima_du_jour(sans_courbe, jour)


def test_what_points_draw_together_is_what_each_draws_alone() -> None:
    _gardees.cache_clear()
    alone = [find_cles(graine) for graine in range(5)]
    _gardees.cache_clear()
    keep_cles([*range(5), 3])
    np.testing.assert_equal([find_cles(graine) for graine in range(5)], alone)
