"""Daily energies and maximum powers, monthly maximum powers."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import POSE, apres, durees, examples, grand, grands, jours, linky, linkys

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    Grandeur,
    PointMesure,
    PuissanceMensuelle,
    TrouDeCourbe,
    courbe,
    energies_quotidiennes,
    minuits,
    phases_de,
    puissances_maximales,
    puissances_mensuelles,
)
from sge_sim.mesures.pointes import TOLERANCE

LUNDI = date(2024, 1, 8)


@given(linkys, jours, durees)
@examples(25)
def test_c5_maximum_power_is_at_least_the_curve_and_within_the_subscribed(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    maxima = puissances_maximales(point, debut, fin)
    vue = courbe(point, debut, fin)
    bords = np.searchsorted(vue.horodates, minuits(debut, fin), side="right")
    plus_hauts = np.maximum.reduceat(vue.valeurs, bords[:-1])
    assert (maxima.valeurs >= plus_hauts).all()
    assert (maxima.valeurs <= 10 * TOLERANCE * point.puissances[0].valeur).all()
    # At an instant of that day.
    bornes = minuits(debut, fin)
    assert ((bornes[:-1] <= maxima.horodates) & (maxima.horodates < bornes[1:])).all()
    assert maxima.minuits.tolist() == minuits(debut, fin)[:-1].tolist()


@pytest.mark.observed("a Linky over two years: 42 % of days, 1.1 to 5.2 times, median 1.56")
def test_the_maximum_is_of_a_moment_and_not_always_in_the_highest_half_hour() -> None:
    debut, fin = date(2024, 4, 1), date(2024, 10, 1)
    memes, rapports = [], []
    for graine in range(20):
        maxima = puissances_maximales(linky(graine), debut, fin)
        moyennes = courbe(linky(graine), debut, fin).valeurs.reshape(-1, 48)
        vecus = moyennes.max(axis=1) > 200
        ecarts = (maxima.horodates - maxima.minuits) // 60 - 30 * moyennes.argmax(axis=1)
        memes.append(((ecarts >= -45) & (ecarts < 75))[vecus])
        rapports.append((maxima.valeurs / np.maximum(moyennes.max(axis=1), 1))[vecus])
    assert 0.3 < np.concatenate(memes).mean() < 0.65
    assert 1.35 < np.median(np.concatenate(rapports)) < 1.8
    assert np.percentile(np.concatenate(rapports), 99.5) > 3


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


JOUR_PERDU = TrouDeCourbe(datetime(2024, 1, 10, tzinfo=PARIS), datetime(2024, 1, 11, tzinfo=PARIS))


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
    trou = TrouDeCourbe(
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
    fevrier = TrouDeCourbe(datetime(2024, 2, 1, tzinfo=PARIS), datetime(2024, 3, 1, tzinfo=PARIS))
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


# --- maxima by phase ----------------------------------------------------------------------------


triphases = linkys.filter(lambda point: point.segment == "C5").map(
    lambda point: replace(point, triphase=True)
)


@pytest.mark.documented("GUI 0497: the draw-off of a three-phase C5, each phase at its own instant")
@given(triphases, jours, st.integers(1, 10))
@examples(25)
def test_phases_share_the_maximum_of_the_sum_each_at_its_instant(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    somme = puissances_maximales(point, debut, fin)
    phases = [puissances_maximales(point, debut, fin, phase) for phase in phases_de(point)]
    assert len(phases) == 3
    # What three maxima reach apart is at least what they reach together.
    assert (sum(phase.valeurs for phase in phases) >= somme.valeurs).all()
    bords = minuits(debut, fin)
    for rang, phase in enumerate(phases, start=1):
        assert (phase.valeurs * 2 <= somme.valeurs + 2).all()
        assert (phase.valeurs * 5 >= somme.valeurs).all()
        assert ((bords[:-1] <= phase.horodates) & (phase.horodates < bords[1:])).all()
        seule = puissances_maximales(point, apres(fin, -1), fin, rang)
        assert (seule.valeurs, seule.horodates) == (phase.valeurs[-1:], phase.horodates[-1:])


def test_phases_reach_their_maxima_at_different_instants() -> None:
    point = replace(linky(kva=18), triphase=True)
    annee = (date(2023, 1, 1), date(2024, 1, 1))
    un, deux, trois = (puissances_maximales(point, *annee, phase) for phase in (1, 2, 3))
    assert (un.horodates != deux.horodates).all()
    assert (deux.horodates != trois.horodates).all()
    assert (un.valeurs != deux.valeurs).mean() > 0.9


@pytest.mark.documented("GUI 0497: P1M tells the largest of each phase too")
def test_monthly_maximum_of_a_phase_is_the_largest_of_its_days() -> None:
    point = replace(linky(kva=18), triphase=True)
    mois = (date(2024, 1, 1), date(2024, 2, 1))
    attendu = int(puissances_maximales(point, *mois, 2).valeurs.max())
    assert puissances_mensuelles(point, *mois, 2) == (PuissanceMensuelle(mois[0], attendu),)


@pytest.mark.documented("GUI 0497: only three-phase C5 have maxima by phase")
@pytest.mark.parametrize(
    "point", [linky(), replace(linky(segment="P4"), triphase=True), replace(grand(), triphase=True)]
)
def test_other_points_tell_nothing_by_phase(point: PointMesure) -> None:
    assert phases_de(point) == ()
    with pytest.raises(ValueError, match="phase 1"):
        puissances_maximales(point, LUNDI, apres(LUNDI, 1), 1)


@pytest.mark.documented("GUI 0502: the maxima of a P4 are those of its injection")
def test_maximum_power_of_a_p4_is_of_the_day_and_within_the_plant() -> None:
    maxima = puissances_maximales(linky(segment="P4"), date(2023, 1, 1), date(2024, 1, 1))
    assert 4_000 < maxima.valeurs.max() <= 9_000
    heures = (maxima.horodates + maxima.decalages) % 86_400 // 3600
    assert ((heures >= 5) & (heures < 22)).all()
