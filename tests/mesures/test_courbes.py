"""Load curves: steps, stamps, quanta, what was recorded and what was lost."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import (
    POSE,
    apres,
    assert_same,
    durees,
    examples,
    graines,
    grand,
    grands,
    jours,
    legal,
    linky,
    linkys,
    sommes_par_jour,
)

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    PASSAGE_5_MINUTES,
    CompteurPose,
    Courbe,
    Grandeur,
    Grille,
    HeuresCreuses,
    PeriodeCollecte,
    PointMesure,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    courbe,
    courbe_10_minutes,
    energies_quotidiennes,
    index_quotidiens,
    minuits,
    parse_plages,
)
from sge_sim.mesures.ensemble import courbes_du_jour

LUNDI = date(2024, 1, 8)
PRINTEMPS, AUTOMNE = date(2024, 3, 31), date(2024, 10, 27)
grandeurs = st.sampled_from(Grandeur)


@pytest.mark.observed("R50 and R151 of one point, 2022; CMD v3, 2023")
@given(linkys, jours, durees)
@examples(30)
def test_c5_half_the_sum_of_watts_is_the_energy_and_the_difference_of_indexes(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    sommes = sommes_par_jour(courbe(point, debut, fin), debut, fin, fin_de_pas=True)
    energies = energies_quotidiennes(point, debut, fin).valeurs.tolist()
    index = index_quotidiens(point, debut, apres(fin, 1)).total
    assert sommes == [60 * energie for energie in energies]
    assert energies == np.diff(index).tolist()


@pytest.mark.observed("CMD v2 and v3, HDM, R50: every half-hour is even")
@given(linkys, jours, durees)
@examples(30)
def test_c5_watts_are_twice_the_wh_that_the_meter_counted(
    point: PointMesure, debut: date, duree: int
) -> None:
    assert not (courbe(point, debut, apres(debut, duree)).valeurs % 2).any()


def test_c5_watts_have_no_larger_quantum_than_the_wh() -> None:
    watts = courbe(linky(), LUNDI, apres(LUNDI, 7)).valeurs
    assert 100 < np.count_nonzero(watts % 4) < 236


@pytest.mark.observed("CMD v3, 2023")
@given(grands, jours, durees)
@examples(25)
def test_c1_c4_energy_is_the_integral_of_the_curve_rounded_down(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    sommes = sommes_par_jour(courbe(point, debut, fin), debut, fin, fin_de_pas=False)
    energies = energies_quotidiennes(point, debut, fin).valeurs.tolist()
    assert energies == [somme // 60 for somme in sommes]
    # The index follows: it counts the same energy in whole kWh.
    total = index_quotidiens(point, debut, apres(fin, 1)).total
    assert abs(int(total[-1] - total[0]) - sum(sommes) // 60) < 1000


@given(grands, jours, st.integers(1, 5), st.sampled_from([Grandeur.PA, Grandeur.PRI, Grandeur.PRC]))
@examples(25)
@pytest.mark.observed("CMD v2 and v3")
def test_c1_c4_powers_are_whole_kilowatts(
    point: PointMesure, debut: date, duree: int, grandeur: Grandeur
) -> None:
    valeurs = courbe(point, debut, apres(debut, duree), grandeur).valeurs
    assert (valeurs % 1000 == 0).all()
    assert (valeurs >= 0).all()


@given(linkys | grands, st.integers(1, 40), st.integers(1, 40), jours)
@examples(30)
def test_power_stays_within_the_subscribed_one(
    point: PointMesure, ancienne: int, nouvelle: int, changement: date
) -> None:
    """Whatever the installation: a Linky trips, a plant can't, a large point overruns by 16 %."""
    facteur = 1 if point.petit else 100
    point = replace(
        point,
        puissances=(
            PuissanceSouscrite(POSE, ancienne * facteur),
            PuissanceSouscrite(apres(changement, 1), nouvelle * facteur),
        ),
    )
    marge = 1160 if point.segment[0] == "C" and not point.petit else 1000
    avant = courbe(point, changement, apres(changement, 1)).valeurs
    ensuite = courbe(point, apres(changement, 1), apres(changement, 3)).valeurs
    assert avant.max(initial=0) <= ancienne * facteur * marge
    assert ensuite.max(initial=0) <= nouvelle * facteur * marge
    assert min(avant.min(initial=0), ensuite.min(initial=0)) >= 0


@pytest.mark.assumed("CMD answers of 2022 have PT10M, those of April 2023 PT5M")
def test_c1_c4_step_goes_from_10_to_5_minutes_in_march_2023() -> None:
    vue = courbe(grand(), apres(PASSAGE_5_MINUTES, -1), apres(PASSAGE_5_MINUTES, 1))
    assert np.unique_counts(vue.pas).counts.tolist() == [288, 144]
    assert vue.pas[0] == 10
    assert vue.pas[-1] == 5
    assert legal(vue, 144) == "2023-03-01T00:00:00"


@pytest.mark.documented("R50 and R4x guides: days of 46/48/50, 138/144/150 points")
@pytest.mark.observed("days of 23, 24 and 25 hours")
@pytest.mark.parametrize(
    ("jour", "heures"), [(PRINTEMPS, 23), (LUNDI, 24), (AUTOMNE, 25), (date(2022, 3, 27), 23)]
)
def test_days_of_change_have_their_own_number_of_points(jour: date, heures: int) -> None:
    demain = apres(jour, 1)
    assert len(courbe(linky(), jour, demain).valeurs) == 2 * heures
    assert len(courbe_10_minutes(grand(), jour, demain).valeurs) == 6 * heures
    natifs = 12 if jour >= PASSAGE_5_MINUTES else 6
    for grandeur in Grandeur:
        assert len(courbe(grand(), jour, demain, grandeur).valeurs) == natifs * heures


@pytest.mark.observed("CMD v2, v3, R50, HDM: the guide states the reverse")
def test_c5_stamps_are_the_end_of_the_step_and_c4_the_start() -> None:
    petit = courbe(linky(), LUNDI, apres(LUNDI, 1))
    assert (legal(petit, 0), legal(petit, -1)) == ("2024-01-08T00:30:00", "2024-01-09T00:00:00")
    gros = courbe(grand(), LUNDI, apres(LUNDI, 1))
    assert (legal(gros, 0), legal(gros, -1)) == ("2024-01-08T00:00:00", "2024-01-08T23:55:00")


def test_stamps_of_days_of_change_carry_the_offset_of_their_instant() -> None:
    printemps = courbe(linky(), PRINTEMPS, apres(PRINTEMPS, 1))
    assert [legal(printemps, rang)[11:16] for rang in (2, 3, 4)] == ["01:30", "03:00", "03:30"]
    assert printemps.decalages[[2, 3]].tolist() == [3600, 7200]
    automne = courbe(linky(), AUTOMNE, apres(AUTOMNE, 1))
    heures = [legal(automne, rang)[11:16] for rang in range(3, 8)]
    assert heures == ["02:00", "02:30", "02:00", "02:30", "03:00"]
    assert automne.decalages[[4, 5]].tolist() == [7200, 3600]
    assert (np.diff(automne.horodates) == 1800).all()


@pytest.mark.documented("a window's values don't depend on what else is asked")
@given(linkys | grands, jours, durees, st.integers(0, 44), st.integers(0, 20), st.data())
@examples(30)
def test_a_day_does_not_depend_on_the_window_in_which_it_is_asked(
    point: PointMesure, debut: date, duree: int, decoupe: int, marge: int, data: st.DataObject
) -> None:
    grandeur = Grandeur.PA if point.petit else data.draw(grandeurs)
    fin = apres(debut, duree)
    milieu = min(apres(debut, decoupe), fin)
    entier = courbe(point, debut, fin, grandeur)
    assert_same(entier, joined([courbe(point, debut, milieu, grandeur),
                                courbe(point, milieu, fin, grandeur)]))  # fmt: skip
    large = courbe(point, apres(debut, -marge), apres(fin, marge), grandeur)
    dedans = np.isin(large.horodates, entier.horodates)
    assert (large.valeurs[dedans] == entier.valeurs).all()


CHAMPS = ("horodates", "decalages", "valeurs", "valides", "pas")


def joined(morceaux: list[Courbe]) -> Courbe:
    return Courbe(**{nom: np.concatenate([getattr(c, nom) for c in morceaux]) for nom in CHAMPS})


def test_two_seeds_have_two_lives() -> None:
    un, autre = (courbe(linky(graine), LUNDI, apres(LUNDI, 7)).valeurs for graine in (1, 2))
    assert (un == autre).mean() < 0.1


# --- the 10-minute curve of R4x ---------------------------------------------------------------


@pytest.mark.documented("FAQ: the curve of a C5 is not collected by default")
def test_a_c5_curve_that_is_not_collected_does_not_exist() -> None:
    vide = courbe(replace(linky(), collectes=()), LUNDI, apres(LUNDI, 7))
    assert vide.pas_unique is None
    tableaux = [getattr(vide, nom) for nom in CHAMPS]
    assert [len(tableau) for tableau in tableaux] == [0] * 5
    assert [tableau.dtype for tableau in tableaux].count(np.int64) == 4


@pytest.mark.documented("FAQ: five rolling months, hourly, in the meter")
@pytest.mark.observed("HDM of a C5: 60 minutes until the activation, 30 after")
def test_a_c5_is_hourly_in_the_five_months_before_its_collection() -> None:
    point = replace(linky(), collectes=(PeriodeCollecte(date(2024, 7, 31), date(2024, 8, 2)),))
    vue = courbe(point, date(2024, 1, 1), date(2024, 9, 1))
    horaire, demi = vue.pas == 60, vue.pas == 30
    assert legal(vue, 0) == "2024-02-29T01:00:00"
    assert legal(vue, int(np.flatnonzero(demi)[0])) == "2024-07-31T00:30:00"
    assert legal(vue, -1) == "2024-08-02T00:00:00"
    assert (horaire | demi).all()
    assert demi.sum() == 96


@pytest.mark.documented("FAQ: 42 days at most in a large meter, 21 if it counts injection too")
@pytest.mark.parametrize(("memoire", "premier"), [(42, "06-19"), (21, "07-10"), (0, "07-31")])
def test_a_large_meter_keeps_its_curve_for_some_weeks(memoire: int, premier: str) -> None:
    collectes = (PeriodeCollecte(date(2024, 7, 31), date(2024, 8, 2)),)
    whole, point = grand(), replace(grand(), memoire=memoire, collectes=collectes)
    for read, pas in ((courbe, 5), (courbe_10_minutes, 10)):
        vue = read(point, date(2024, 1, 1), date(2024, 9, 1))
        assert (legal(vue, 0), set(vue.pas.tolist())) == (f"2024-{premier}T00:00:00", {pas})
        assert legal(vue, -1)[:10] == "2024-08-01"
        there = read(whole, date.fromisoformat(f"2024-{premier}"), date(2024, 8, 2))
        assert (vue.valeurs == there.valeurs).all()
        assert not len(read(replace(point, collectes=()), LUNDI, apres(LUNDI, 1)).pas)
    kept = courbe(point, date(2024, 1, 1), date(2024, 9, 1), collectees=True)
    assert legal(kept, 0)[:10] == "2024-07-31"
    # The energy of a day of a large point is the integral of its curve.
    jours = energies_quotidiennes(point, date(2024, 6, 1), date(2024, 8, 10))
    assert jours.valides.sum() == memoire + 2


@given(linkys, jours, st.integers(1, 10))
@examples(20)
def test_hourly_watts_are_the_mean_of_the_half_hours_and_add_up_to_the_day(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    demis = courbe(point, debut, fin).valeurs
    heures = courbe(replace(point, collectes=(PeriodeCollecte(fin),)), debut, fin)
    premier = apres(debut, duree - len(minuits(debut, fin)) + 1)
    assert premier == debut
    assert (2 * heures.valeurs == demis[::2] + demis[1::2]).all()
    energies = energies_quotidiennes(point, debut, fin).valeurs
    assert heures.valeurs.sum() == energies.sum()


def test_the_memory_of_the_meter_begins_with_the_meter_and_after_the_collection_before() -> None:
    tot = replace(linky(), collectes=(PeriodeCollecte(apres(POSE, 10)),))
    assert legal(courbe(tot, date(2016, 1, 1), apres(POSE, 20)), 0) == "2017-03-08T01:00:00"
    jadis = replace(linky(), collectes=(PeriodeCollecte(date.min),))
    assert courbe(jadis, POSE, apres(POSE, 2)).valeurs.size == 96
    deux = (PeriodeCollecte(date(2024, 1, 1), date(2024, 2, 1)), PeriodeCollecte(date(2024, 3, 1)))
    vue = courbe(replace(linky(), collectes=deux), date(2024, 1, 1), date(2024, 4, 1))
    changements = np.flatnonzero(np.diff(vue.pas)) + 1
    assert [legal(vue, int(rang))[:10] for rang in changements] == ["2024-02-01", "2024-03-01"]
    assert vue.pas[[0, changements[0], changements[1]]].tolist() == [30, 60, 30]


@pytest.mark.documented("V26.2: history is cut at the last mise en service")
@pytest.mark.parametrize("point", [linky(), grand()])
def test_nothing_is_told_before_the_mise_en_service_nor_after_the_end(point: PointMesure) -> None:
    vie = replace(point, mise_en_service=date(2024, 1, 10), resiliation=date(2024, 1, 12))
    vue = courbe(vie, date(2024, 1, 1), date(2024, 2, 1))
    entier = courbe(point, date(2024, 1, 10), date(2024, 1, 12))
    assert_same(vue, entier)
    assert len(courbe(vie, date(2024, 1, 12), date(2024, 1, 20)).valeurs) == 0


def test_a_meter_that_does_not_communicate_has_no_curve() -> None:
    ancien = CompteurPose(POSE, date(2024, 1, 10), communicant=False)
    point = replace(linky(), compteurs=(ancien, CompteurPose(date(2024, 1, 10))))
    vue = courbe(point, date(2024, 1, 8), date(2024, 1, 12))
    assert legal(vue, 0) == "2024-01-10T00:30:00"
    seul = replace(point, compteurs=(replace(ancien, depose=None),))
    assert len(courbe(seul, date(2024, 1, 8), date(2024, 1, 12)).valeurs) == 0


def paris(texte: str) -> datetime:
    return datetime.fromisoformat(texte).replace(tzinfo=PARIS)


def test_a_gap_loses_the_points_that_start_in_it() -> None:
    trou = TrouDeCourbe(paris("2024-01-08T10:30"), paris("2024-01-08T11:00"))
    petit = courbe(replace(linky(), trous=(trou,)), LUNDI, apres(LUNDI, 1))
    assert [legal(petit, int(r)) for r in np.flatnonzero(~petit.valides)] == ["2024-01-08T11:00:00"]
    gros = courbe(replace(grand(), trous=(trou,)), LUNDI, apres(LUNDI, 1))
    perdus = [legal(gros, int(rang))[11:16] for rang in np.flatnonzero(~gros.valides)]
    assert perdus == ["10:30", "10:35", "10:40", "10:45", "10:50", "10:55"]
    assert gros.valeurs.tolist() == courbe(grand(), LUNDI, apres(LUNDI, 1)).valeurs.tolist()


def test_a_10_minute_point_is_lost_with_either_of_its_steps() -> None:
    trou = TrouDeCourbe(paris("2024-01-08T10:35"), paris("2024-01-08T10:45"))
    vue = courbe_10_minutes(replace(grand(), trous=(trou,)), LUNDI, apres(LUNDI, 1))
    perdus = [legal(vue, int(rang))[11:16] for rang in np.flatnonzero(~vue.valides)]
    assert perdus == ["10:30", "10:40"]


# --- physics ----------------------------------------------------------------------------------


@given(linkys, jours, st.integers(1, 6))
@examples(20)
def test_the_distributor_changes_what_is_read_not_what_is_consumed(
    point: PointMesure, changement: date, duree: int
) -> None:
    # The supplier's calendar drives what waits for its off-peak hours.
    autre = replace(
        point,
        grille_distributeur=(
            *point.grille_distributeur,
            Grille(apres(changement, 3), "DI000002", Structure.HP_HC),
        ),
    )
    fin = apres(changement, duree)
    assert_same(courbe(point, changement, fin), courbe(autre, changement, fin))


def test_a_later_change_of_power_or_range_alters_no_past_day() -> None:
    point = linky(11)
    autre = replace(
        point,
        puissances=(*point.puissances, PuissanceSouscrite(LUNDI, 3)),
        heures_creuses=(*point.heures_creuses, HeuresCreuses(LUNDI, parse_plages("2H-7H;13H-16H"))),
    )
    avant = (apres(LUNDI, -30), LUNDI)
    assert_same(courbe(point, *avant), courbe(autre, *avant))
    semaine = (LUNDI, apres(LUNDI, 7))
    assert courbe(point, *semaine).valeurs.tolist() != courbe(autre, *semaine).valeurs.tolist()


@pytest.mark.assumed("no document says what a second hour is but another one")
def test_the_hour_that_comes_again_in_autumn_is_drawn_again() -> None:
    """Of homes, of large points, of voltages; on each, alone or not, sums are kept."""
    demain = apres(AUTOMNE, 1)
    plages = parse_plages("2H16-2H46;13H-20H30")
    foyers = [linky(graine, kva=6, plages=plages) for graine in range(60)]
    watts = np.array([courbe(point, AUTOMNE, demain).valeurs for point in foyers])
    assert courbes_du_jour(foyers, AUTOMNE) == watts.tolist()
    ecarts = abs(watts[:, 4:6] - watts[:, 6:8]).max(axis=1)
    # A dwelling may be empty, or all but.
    assert (ecarts > 2).mean() > 0.9
    assert 0.7 < watts[:, 6:8].sum() / watts[:, 4:6].sum() < 1.4
    for point in foyers:
        lus = index_quotidiens(point, AUTOMNE, apres(demain, 1))
        assert np.diff(lus.total)[0] == courbe(point, AUTOMNE, demain).valeurs.sum() // 2
        assert (lus.fournisseur.sum(axis=0) == lus.total).all()
    for grandeur in (Grandeur.PA, Grandeur.E):
        cinq = courbe(grand(kw=900), AUTOMNE, demain, grandeur).valeurs
        assert cinq[24:36].tolist() != cinq[36:48].tolist()


@given(graines, st.sampled_from(("P1", "P3", "P4")), jours)
@examples(25)
def test_a_plant_produces_nothing_at_night(graine: int, segment: str, jour: date) -> None:
    point = linky(graine, segment="P4") if segment == "P4" else grand(graine, segment=segment)
    for grandeur in [Grandeur.PA] if point.petit else [Grandeur.PA, Grandeur.PRI, Grandeur.PRC]:
        vue = courbe(point, jour, apres(jour, 1), grandeur)
        fin_de_pas = vue.horodates + vue.decalages + (0 if point.petit else 300)
        heure = fin_de_pas % 86_400 / 3600
        nuit = (heure <= 5) | (heure > 22.5)
        assert not vue.valeurs[nuit].any()
        if grandeur is Grandeur.PA:
            assert vue.valeurs.any()


def test_reactive_power_is_inductive_by_day_and_capacitive_by_night_if_at_all() -> None:
    capacitifs = forts = 0
    for graine in range(20):
        point = grand(graine, kw=240)
        pri = courbe(point, LUNDI, apres(LUNDI, 5), Grandeur.PRI)
        prc = courbe(point, LUNDI, apres(LUNDI, 5), Grandeur.PRC)
        forts += pri.valeurs.max() > 5_000
        heure = (prc.horodates + prc.decalages) % 86_400 // 3600
        assert not prc.valeurs[(heure >= 7) & (heure < 20)].any()
        capacitif = bool(prc.valeurs.any())
        capacitifs += capacitif
        if capacitif:
            assert pri.valeurs[(heure >= 1) & (heure < 4)].mean() < 1_000
    assert 3 <= capacitifs <= 15
    # Some places have capacitors for all that they run.
    assert forts > 10


@pytest.mark.parametrize("nominale", [230, 20_000])
def test_voltage_stays_near_the_nominal(nominale: int) -> None:
    volts = courbe(replace(grand(), tension=nominale), LUNDI, apres(LUNDI, 30), Grandeur.E).valeurs
    assert abs(volts.mean() - nominale) < nominale * 0.02
    assert abs(volts - nominale).max() < nominale * 0.05


@pytest.mark.documented("GUI 0488: C5 and P4 have PA only")
@pytest.mark.parametrize("grandeur", [Grandeur.PRI, Grandeur.PRC, Grandeur.E])
def test_a_c5_has_no_other_curve_than_active_power(grandeur: Grandeur) -> None:
    with pytest.raises(ValueError, match=r"^a C5 point has no"):
        courbe(linky(), LUNDI, apres(LUNDI, 1), grandeur)
    with pytest.raises(ValueError, match="C5"):
        courbe_10_minutes(linky(), LUNDI, apres(LUNDI, 1))


def test_an_empty_or_reversed_window_is_empty() -> None:
    for point in (linky(), grand()):
        assert len(courbe(point, LUNDI, LUNDI).valeurs) == 0
        assert len(courbe(point, LUNDI, LUNDI - timedelta(3)).valeurs) == 0
