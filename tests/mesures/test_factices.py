"""Numbers that count, as the homologation platform holds them."""

from datetime import date

import pytest
from mesures_points import apres, legal, linky

from sge_sim.mesures import courbe_factice, energies_factices, group_by_month, puissances_factices

pytestmark = pytest.mark.observed("homologation platform, points of the test cases")


@pytest.mark.parametrize(
    ("jour", "dernier"),
    [(date(2024, 1, 8), 147), (date(2024, 3, 31), 145), (date(2024, 10, 27), 149)],
)
def test_a_curve_counts_from_100_each_day(jour: date, dernier: int) -> None:
    vue = courbe_factice(linky(), jour, apres(jour, 2))
    premier = vue.valeurs[: dernier - 99].tolist()
    assert premier == list(range(100, dernier + 1))
    assert vue.valeurs[dernier - 99] == 100
    assert legal(vue, 0)[11:] == "00:30:00"
    seul = courbe_factice(linky(), apres(jour, 1), apres(jour, 2))
    assert seul.valeurs.tolist() == vue.valeurs[dernier - 99 :].tolist()


def test_days_count_from_800_in_each_month_with_a_maximum_at_22_00_22() -> None:
    fenetre = (date(2024, 3, 30), date(2024, 4, 3))
    maxima = puissances_factices(linky(), *fenetre)
    assert maxima.valeurs.tolist() == [829, 830, 800, 801]
    assert energies_factices(linky(), *fenetre).valeurs.tolist() == maxima.valeurs.tolist()
    heures = (maxima.horodates + maxima.decalages) % 86_400
    assert set(heures.tolist()) == {22 * 3600 + 22}
    mois = group_by_month(puissances_factices(linky(), date(2024, 3, 1), date(2024, 4, 1)))
    assert [one.valeur for one in mois] == [830]
