"""What is lost as was seen: how much, and that nothing else changes."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from mesures_points import apres, grand, linky

from sge_sim.mesures import (
    PeriodeCollecte,
    courbe,
    courbe_10_minutes,
    index_quotidiens,
    puissances_maximales,
    puissances_mensuelles,
)
from sge_sim.mesures.ensemble import courbes_du_jour, maxima_du_jour
from sge_sim.mesures.pertes import ILLISIBLE

DEBUT, FIN = date(2023, 5, 1), date(2025, 5, 1)


@pytest.mark.observed("a Linky: 14 half-hours of 17 866; a C4: 2.3 % of 10-minute steps, in bursts")
def test_as_much_is_lost_as_was_seen() -> None:
    perdus = [
        ~courbe(replace(linky(graine), pertes=True), DEBUT, FIN).valides for graine in range(12)
    ]
    assert 0.0005 < np.mean(perdus) < 0.002
    grands = [
        ~courbe_10_minutes(replace(grand(graine), pertes=True), DEBUT, FIN).valides
        for graine in range(6)
    ]
    assert 0.01 < np.mean(grands) < 0.035
    # In runs: fewer beginnings than steps.
    assert np.mean([np.diff(one.astype(int)) > 0 for one in grands]) < np.mean(grands) / 8


def test_nothing_but_what_is_told_is_lost() -> None:
    point = linky(3)
    perdant = replace(point, pertes=True)
    assert (courbe(perdant, DEBUT, FIN).valeurs == courbe(point, DEBUT, FIN).valeurs).all()
    lus, tous = (index_quotidiens(one, DEBUT, FIN) for one in (perdant, point))
    assert lus.valides.all()
    assert (lus.total == tous.total).all()


@pytest.mark.observed("a Linky, once in two years: 65535")
def test_a_maximum_is_now_and_then_unreadable_and_its_month_does_not_tell_it() -> None:
    lus = [
        puissances_maximales(replace(linky(graine), pertes=True), DEBUT, FIN).valeurs
        for graine in range(40)
    ]
    assert 10 < sum((one == ILLISIBLE).sum() for one in lus) < 90
    for graine in range(10):
        mois = puissances_mensuelles(replace(linky(graine), pertes=True), DEBUT, FIN)
        assert all((one.valeur or 0) < ILLISIBLE for one in mois)


def test_points_together_say_nothing_of_a_day_that_lost_something() -> None:
    points = [
        replace(linky(graine), pertes=True, collectes=(PeriodeCollecte(date(2020, 1, 1)),))
        for graine in range(60)
    ]
    for jour in (date(2024, 7, 1), date(2024, 10, 27)):
        for point, valeurs, maximum in zip(
            points, courbes_du_jour(points, jour), maxima_du_jour(points, jour), strict=True
        ):
            vue = courbe(point, jour, apres(jour, 1))
            assert valeurs == (vue.valeurs.tolist() if vue.valides.all() else None)
            seul = puissances_maximales(point, jour, apres(jour, 1))
            assert maximum == int(seul.valeurs[0])
