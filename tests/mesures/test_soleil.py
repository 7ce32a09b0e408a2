"""Plants and the sun: the place, the day, the clouds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import acos, cos, pi, radians, sin

import numpy as np
import pytest
from mesures_points import grand, linky

from sge_sim.mesures import PointMesure, courbe, energies_quotidiennes, minuits
from sge_sim.mesures.calendrier import numero
from sge_sim.mesures.climat import LIEUX
from sge_sim.mesures.soleil import soleils
from sge_sim.mesures.tableaux import Entiers, read_facts

ANNEE = date(2024, 1, 1), date(2025, 1, 1)


def sun_of(nord: float, est: float) -> Iterator[tuple[float, float]]:
    """Sunrise and sunset of each day of `ANNEE`, epoch seconds, by the equations of NOAA's
    calculator (1999): they aren't those that the table was made by."""
    for rang in range(366):
        g = 2 * pi / 366 * rang
        equation = 229.18 * (
            0.000075 + 0.001868 * cos(g) - 0.032077 * sin(g) - 0.014615 * cos(2 * g)
            - 0.040849 * sin(2 * g)
        )  # fmt: skip
        declinaison = (
            0.006918 - 0.399912 * cos(g) + 0.070257 * sin(g) - 0.006758 * cos(2 * g)
            + 0.000907 * sin(2 * g) - 0.002697 * cos(3 * g) + 0.00148 * sin(3 * g)
        )  # fmt: skip
        haut = sin(radians(nord)) * sin(declinaison)
        angle = acos((cos(radians(90.833)) - haut) / (cos(radians(nord)) * cos(declinaison)))
        midi = 720 - 4 * est - equation
        minuit = 1_704_067_200 + 86_400 * rang
        yield tuple(minuit + 60 * (midi + cote * 229.183 * angle) for cote in (-1, 1))


def whole_dark(point: PointMesure, seconds: int) -> tuple[Entiers, Entiers]:
    """The values of a plant over `ANNEE`, and which steps begin after sunset or end before sunrise
    at the prefecture."""
    assert point.lieu is not None
    _, nord, est, _ = read_facts("lieux")["lieux"][LIEUX[point.lieu]]
    bornes = [instant for day in sun_of(nord, est) for instant in day]
    vue = courbe(point, *ANNEE)
    debuts = vue.horodates - (seconds if point.petit else 0)
    # Between two bounds of an odd rank is night.
    rangs = np.searchsorted(bornes, debuts, side="right")
    noirs = (rangs % 2 == 0) & (rangs == np.searchsorted(bornes, debuts + seconds))
    return vue.valeurs, noirs


@pytest.mark.assumed("no document describes productions: astronomy")
@pytest.mark.parametrize("rang", range(0, 96, 8))
def test_nothing_is_produced_in_the_dark_in_any_department(rang: int) -> None:
    """All year long, on the days of 23 and 25 hours too."""
    for lieu in range(rang, rang + 8):
        for point, seconds in (
            (replace(linky(lieu, segment="P4", kva=3 + lieu % 34), lieu=lieu), 1800),
            *(
                [(replace(grand(lieu, segment="P1", kw=900), lieu=lieu), 300)]
                if lieu == rang
                else []
            ),
        ):
            valeurs, noirs = whole_dark(point, seconds)
            assert 0.4 < noirs.mean() < 0.55
            assert not valeurs[noirs].any(), LIEUX[lieu]
            # And most of what is lit gives something.
            assert (valeurs[~noirs] > 0).mean() > 0.85


def test_the_sun_of_the_table_is_within_some_minutes_of_the_real() -> None:
    levers, couchers, rangs = soleils()
    bornes = minuits(*ANNEE)
    for lieu, (_, nord, est, _) in zip(rangs, read_facts("lieux")["lieux"].values(), strict=True):
        ici = lieu[numero(ANNEE[0]) : numero(ANNEE[1])]
        soleil = np.array([*sun_of(nord, est)]).T
        # Legal time of noon, counted back to its midnight.
        minuit = bornes[1:] - 86_400
        apres = minuit + 60 * levers[ici] - soleil[0]
        avant = soleil[1] - minuit - 60 * couchers[ici]
        assert 6 * 60 < min(apres.min(), avant.min()) < max(apres.max(), avant.max()) < 34 * 60


@pytest.mark.assumed("no document describes productions")
def test_each_plant_of_a_place_has_its_own_clouds_under_the_sky_of_all() -> None:
    points = [replace(linky(graine, segment="P4"), lieu=75) for graine in range(40)]
    watts = np.array([courbe(point, *ANNEE).valeurs for point in points], float)
    proches = np.corrcoef(np.diff(watts))[np.triu_indices(40, 1)]
    assert proches.max() < 0.95
    jours = np.add.reduceat(watts, np.arange(0, watts.shape[1], 48), axis=1)
    assert np.corrcoef(jours)[np.triu_indices(40, 1)].mean() > 0.8


@pytest.mark.assumed("no document describes productions; geometry bounds a clear day")
def test_the_highest_half_hour_of_a_year_is_near_the_rated_power_never_above() -> None:
    pointes, mois = [], np.arange(*map(np.datetime64, ANNEE)).astype("datetime64[M]").astype(int)
    for graine in range(96):
        point = replace(linky(graine, segment="P4", kva=3), lieu=graine)
        watts = courbe(point, *ANNEE).valeurs
        pointes.append(watts.max() / 3000)
        jours = energies_quotidiennes(point, *ANNEE).valeurs
        for rang, most in ((0, 3.5), (3, 7.0), (6, 7.8)):
            assert jours[mois % 12 == rang].max() <= 3000 * most
    assert 0.84 < np.median(pointes) < 0.92
    assert np.mean([0.77 <= pointe <= 0.97 for pointe in pointes]) > 0.84
    assert max(pointes) <= 1
