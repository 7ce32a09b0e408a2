"""A plant and a load behind one meter: each direction is what the other leaves."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import apres, assert_same, durees, examples, graines, jours, linky

from sge_sim.mesures import (
    PointMesure,
    Structure,
    courbe,
    energies_quotidiennes,
    index_quotidiens,
    puissances_maximales,
)
from sge_sim.mesures.ensemble import courbes_du_jour, maxima_du_jour

pytestmark = pytest.mark.assumed("how a plant and a dwelling share a meter is told nowhere")


def couple(graine: int, kva: int = 6) -> tuple[PointMesure, PointMesure]:
    foyer = linky(graine, kva=9, distributeur=Structure.HP_HC, fournisseur=Structure.SAISONS_C5)
    centrale = linky(graine ^ 1, kva=kva, segment="P4")
    return replace(foyer, couple=centrale), replace(centrale, couple=foyer)


@given(graines, st.sampled_from((3, 6, 9)), jours, durees)
@examples(20)
def test_registers_curve_and_days_agree_in_both_directions(
    graine: int, kva: int, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    for point in couple(graine, kva):
        energies = energies_quotidiennes(point, debut, fin).valeurs
        lus = index_quotidiens(point, debut, apres(fin, 1))
        assert np.diff(lus.total).tolist() == energies.tolist()
        assert (lus.fournisseur.sum(axis=0) == lus.total).all()
        assert (lus.distributeur.sum(axis=0) == lus.total).all()
        assert int(courbe(point, debut, fin).valeurs.sum()) // 2 == int(energies.sum())


@given(graines, jours, st.integers(2, 40), st.data())
@examples(15)
def test_a_window_is_a_part_of_a_larger_one(
    graine: int, debut: date, duree: int, data: st.DataObject
) -> None:
    point = couple(graine)[0]
    rang = data.draw(st.integers(0, duree - 1))
    whole = courbe(point, debut, apres(debut, duree))
    part = courbe(point, apres(debut, rang), apres(debut, rang + 1))
    ici = np.isin(whole.horodates, part.horodates)
    assert whole.valeurs[ici].tolist() == part.valeurs.tolist()
    assert_same(courbe(point, debut, apres(debut, duree)), whole)


def test_never_both_ways_at_once_and_less_than_alone() -> None:
    debut, fin = date(2024, 6, 3), date(2024, 6, 24)
    for graine in range(6):
        soutire, injecte = couple(graine)
        tire, rendu = courbe(soutire, debut, fin).valeurs, courbe(injecte, debut, fin).valeurs
        # A half-hour may round a few Wh to each side.
        assert np.minimum(tire, rendu).max() <= 2
        seul = courbe(replace(soutire, couple=None), debut, fin).valeurs
        assert (tire <= seul + 2).all()
        assert 0 < rendu.sum() < courbe(replace(injecte, couple=None), debut, fin).valeurs.sum()
        # Nothing at night.
        assert not rendu.reshape(-1, 48)[:, :8].any()


def test_points_together_have_the_values_of_each_alone() -> None:
    points = [point for graine in range(8) for point in couple(graine)]
    for jour in (date(2024, 3, 31), date(2024, 7, 1), date(2024, 10, 27)):
        demain = apres(jour, 1)
        attendues = [courbe(point, jour, demain).valeurs.tolist() for point in points]
        assert courbes_du_jour(points, jour) == attendues
        maxima = [int(puissances_maximales(point, jour, demain).valeurs[0]) for point in points]
        assert maxima_du_jour(points, jour) == maxima
