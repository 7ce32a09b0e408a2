"""Registers: classes, grids, changes of meter, readings at an instant."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import POSE, apres, durees, examples, grand, grands, jours, linky, linkys

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    CompteurPose,
    Grandeur,
    Grille,
    HeuresCreuses,
    Plages,
    PointMesure,
    Structure,
    TrouDeCourbe,
    courbe,
    energies_quotidiennes,
    index_aux,
    index_courants,
    index_er,
    index_quotidiens,
    parse_plages,
)
from sge_sim.mesures.calendrier import decalages
from sge_sim.mesures.index import compte_garde, read_quotidiens, registres_de_depose
from sge_sim.mesures.jours_donnes import read_donnees

LUNDI = date(2024, 1, 8)


@pytest.mark.observed("CMD v3 INDEX of a C5, 2023: sum of Fn = sum of Dn = T")
@given(linkys, jours, durees)
@examples(25)
def test_c5_both_grids_add_up_to_the_total(point: PointMesure, debut: date, duree: int) -> None:
    index = index_quotidiens(point, debut, apres(debut, duree))
    assert index.fournisseur.sum(axis=0).tolist() == index.total.tolist()
    assert index.distributeur.sum(axis=0).tolist() == index.total.tolist()


@given(linkys | grands, jours, durees, st.integers(0, 40))
@examples(25)
def test_registers_never_go_down_whatever_the_window(
    point: PointMesure, debut: date, duree: int, marge: int
) -> None:
    fin = apres(debut, duree)
    index = index_quotidiens(point, debut, fin)
    large = index_quotidiens(point, apres(debut, -marge), apres(fin, marge))
    dedans = np.isin(large.horodates, index.horodates)
    for vus, tous in (
        (index.fournisseur, large.fournisseur),
        (index.distributeur, large.distributeur),
        (index.total[None], large.total[None]),
    ):
        assert (np.diff(tous, axis=1) >= 0).all()
        np.testing.assert_array_equal(tous[:, dedans], vus)


def test_registers_go_through_the_index_that_was_given_whatever_the_window() -> None:
    lu = date(2024, 3, 12)
    donnees = read_donnees([(lu, None, '{"total": 9000000}')])
    point = replace(linky(24), donnees=donnees)
    large = index_quotidiens(point, apres(lu, -5), apres(lu, 5)).total
    assert 9_000_000 in large.tolist()
    for ecart in range(-4, 5):
        vus = index_quotidiens(point, apres(lu, -5), apres(lu, ecart)).total
        assert vus.tolist() == large[: len(vus)].tolist()


@given(linkys | grands, jours, st.lists(st.integers(-400, 400), min_size=1, max_size=4))
@examples(20)
def test_registers_are_the_same_whatever_was_read_before(
    point: PointMesure, jour: date, ecarts: list[int]
) -> None:
    def lus(*autres: date) -> list[list[list[int]]]:
        index = read_quotidiens([(point, each, apres(each, 1)) for each in autres], Grandeur.PA)
        return [
            [*each.fournisseur.tolist(), *each.distributeur.tolist(), each.total.tolist()]
            for each in index
        ]

    autres = [apres(jour, ecart) for ecart in ecarts]
    seuls = []
    for autre in autres:
        compte_garde.cache_clear()
        seuls += lus(autre)
    assert [each for autre in autres for each in lus(autre)] == seuls
    assert lus(*autres) == seuls
    compte_garde.cache_clear()
    assert lus(*autres) == seuls


@pytest.mark.observed("CMD v3 and R171: multiples of 1000 Wh")
@given(grands, jours, st.sampled_from([Grandeur.PA, Grandeur.PRI, Grandeur.PRC]))
@examples(20)
def test_c1_c4_registers_count_whole_kwh(point: PointMesure, jour: date, gr: Grandeur) -> None:
    index = index_quotidiens(point, jour, apres(jour, 3), gr)
    assert not (index.distributeur % 1000).any()
    ecart = index.total - index.distributeur.sum(axis=0)
    assert (ecart >= 0).all()
    assert (ecart <= 4_000).all()


@pytest.mark.documented("GUI 0497: a P4 has ER, ERC and ERI registers, VArh")
@given(linkys.filter(lambda point: point.segment == "P4"), jours, durees)
@examples(20)
def test_p4_counts_reactive_energy_by_the_unit(point: PointMesure, debut: date, duree: int) -> None:
    eri, erc = (
        index_quotidiens(point, debut, apres(debut, duree + 20), grandeur)
        for grandeur in (Grandeur.PRI, Grandeur.PRC)
    )
    assert eri.total[-1] > eri.total[0] >= 0
    assert eri.distributeur.sum(axis=0).tolist() == eri.total.tolist()
    # The initial index of the meter is that of its active energy.
    assert (eri.total < index_quotidiens(point, debut, apres(debut, duree + 20)).total).all()
    assert (np.diff(erc.total) >= 0).all()


@pytest.mark.assumed("ER is what ERI and ERC count together")
@given(grands, jours, durees)
@examples(20)
def test_er_is_the_sum_of_inductive_and_capacitive(
    point: PointMesure, debut: date, duree: int
) -> None:
    eri, erc = (
        index_courants(point, debut, apres(debut, duree), grandeur)
        for grandeur in (Grandeur.PRI, Grandeur.PRC)
    )
    er = index_er(eri, erc)
    assert (er.distributeur - erc.distributeur).tolist() == eri.distributeur.tolist()
    assert (er.fournisseur - erc.fournisseur).tolist() == eri.fournisseur.tolist()
    assert (er.total - erc.total).tolist() == eri.total.tolist()
    assert er.horodates.tolist() == eri.horodates.tolist()
    assert er.valides.tolist() == eri.valides.tolist()


def watts_in(point: PointMesure, jour: date, plages: Plages) -> int:
    """Wh that the half-hours of a day spend within ranges that fall on half-hours."""
    vue = courbe(point, jour, apres(jour, 1))
    debuts = vue.horodates - 1800
    minute = (debuts + decalages(debuts)) % 86_400 // 60
    dedans = np.zeros(len(minute), np.bool_)
    for debut, fin in plages:
        dedans |= (minute >= debut) & (minute < fin)
        if debut > fin:
            dedans |= (minute >= debut) | (minute < fin)
    return int(vue.valeurs[dedans].sum()) / 2


@pytest.mark.parametrize("texte", ["22H-6H", "1H-7H;12H30-14H30", "2H00-7H00", "22H-2H30"])
@pytest.mark.parametrize("jour", [LUNDI, date(2024, 3, 31), date(2024, 10, 27), date(2024, 7, 14)])
@pytest.mark.parametrize("donnee", [False, True], ids=["drawn", "given"])
def test_off_peak_register_counts_the_half_hours_of_the_range(
    texte: str, jour: date, donnee: bool
) -> None:
    plages = parse_plages(texte)
    for graine in range(12):
        point = linky(graine, distributeur=Structure.HP_HC, plages=plages)
        if donnee:
            watts = courbe(point, jour, apres(jour, 1), Grandeur.PA).valeurs.tolist()
            lignes = [(jour, " ".join(map(str, watts)), None)]
            point = replace(point, donnees=read_donnees(lignes))
        hc, hp = np.diff(index_quotidiens(point, jour, apres(jour, 2)).distributeur[:2])[:, 0]
        # Registers count whole Wh, the curve half ones: at most one Wh at each end of a range.
        assert abs(hc - watts_in(point, jour, plages)) <= len(plages) + 0.5
        assert hc + hp == energies_quotidiennes(point, jour, apres(jour, 1)).valeurs[0]


def test_off_peak_ranges_count_by_the_minute() -> None:
    for graine in range(12):
        point = linky(graine, distributeur=Structure.HP_HC, plages=parse_plages("22H56-6H56"))
        hc = np.diff(index_quotidiens(point, LUNDI, apres(LUNDI, 2)).distributeur[0])[0]
        dedans = watts_in(point, LUNDI, parse_plages("23H00-6H30"))
        dehors = watts_in(point, LUNDI, parse_plages("22H30-7H00"))
        assert dedans <= hc + 1
        assert hc <= dehors + 1


@pytest.mark.assumed("high season November to March")
@pytest.mark.parametrize(
    ("point", "ete", "hiver"),
    [(linky(distributeur=Structure.SAISONS_C5), [0, 1], [2, 3]), (grand(), [0, 1], [2, 3])],
)
def test_only_the_registers_of_the_season_count(
    point: PointMesure, ete: list[int], hiver: list[int]
) -> None:
    jours_ete = np.diff(index_quotidiens(point, date(2024, 4, 1), date(2024, 11, 1)).distributeur)
    jours_hiver = np.diff(index_quotidiens(point, date(2023, 11, 1), date(2024, 4, 1)).distributeur)
    assert not jours_ete[hiver].any()
    assert (jours_ete[ete] > 0).all()
    assert not jours_hiver[ete].any()
    assert (jours_hiver[hiver] > 0).all()


@pytest.mark.assumed("peak hours of HTA: 9-11h and 18-20h, December to February, but Sundays")
def test_hta_peak_register_counts_winter_working_days_only() -> None:
    point = grand(segment="C2", kw=2_000, structure=Structure.POINTE)
    pointe = np.diff(index_quotidiens(point, date(2023, 11, 1), date(2024, 4, 2)).distributeur[4])
    compte = [apres(date(2023, 11, 1), int(rang)) for rang in np.flatnonzero(pointe)]
    hiver = [apres(date(2023, 12, 1), rang) for rang in range(31 + 31 + 29)]
    assert compte == [jour for jour in hiver if jour.weekday() != 6]
    dimanche = date(2024, 1, 7)
    par_classe = np.diff(index_quotidiens(point, dimanche, apres(dimanche, 2)).distributeur)[:, 0]
    assert par_classe[2] > 0
    assert par_classe[[0, 1, 3, 4]].tolist() == [0, 0, 0, 0]


@pytest.mark.assumed("the day of the six-class calendar goes from 6h to 6h")
def test_six_classes_count_the_colour_of_the_day_and_before_6h_that_of_the_eve() -> None:
    point = linky(fournisseur=Structure.SIX_CADRANS)
    saison = (date(2023, 9, 1), date(2024, 9, 2))
    par_jour = np.diff(index_quotidiens(point, *saison).fournisseur)
    hp = par_jour[[1, 3, 5]] > 0
    assert (hp.sum(axis=0) == 1).all()
    couleur = hp.argmax(axis=0)
    assert np.bincount(couleur).tolist() == [366 - 22 - 43, 43, 22]
    for veille, jour in pairwise(range(366)):
        creuses = set((np.flatnonzero(par_jour[[0, 2, 4], jour])).tolist())
        assert creuses == {couleur[veille], couleur[jour]}


@given(linkys, jours)
@examples(20)
def test_registers_count_on_through_a_change_of_calendar(point: PointMesure, jour: date) -> None:
    changement = apres(jour, 2)
    avant = Grille(POSE, "DI000003", Structure.SAISONS_C5)
    change = replace(
        point, grille_distributeur=(avant, Grille(changement, "DI000001", Structure.BASE))
    )
    index = index_quotidiens(change, jour, apres(jour, 6))
    figes = index.distributeur[1:, -4:]
    assert (figes == figes[:, :1]).all()
    assert index.distributeur.sum(axis=0).tolist() == index.total.tolist()
    inchange = index_quotidiens(replace(point, grille_distributeur=(avant,)), jour, apres(jour, 3))
    np.testing.assert_array_equal(index.distributeur[:, :3], inchange.distributeur)


def test_a_grid_that_does_not_exist_yet_counts_on_its_first_register() -> None:
    point = replace(linky(), grille_distributeur=(Grille(LUNDI, "DI000002", Structure.HP_HC),))
    index = index_quotidiens(point, apres(LUNDI, -2), apres(LUNDI, 2))
    assert index.distributeur[0, :3].tolist() == index.total[:3].tolist()
    assert index.distributeur[1, -1] > 0


def changed(point: PointMesure, jour: date, initial: int) -> PointMesure:
    ancien, nouveau = CompteurPose(POSE, jour, 5_000), CompteurPose(jour, index_initial=initial)
    return replace(point, compteurs=(ancien, nouveau))


@pytest.mark.parametrize("point", [linky(), grand()])
def test_a_new_meter_starts_at_its_own_index(point: PointMesure) -> None:
    point = changed(point, LUNDI, 2_000)
    index = index_quotidiens(point, apres(LUNDI, -2), apres(LUNDI, 3))
    assert index.total[2] == 2_000
    assert index.fournisseur[0, 2] == index.distributeur[0, 2] == 2_000
    final = registres_de_depose(point, point.compteurs[0])[-1]
    veille = energies_quotidiennes(point, apres(LUNDI, -1), LUNDI).valeurs[0]
    assert abs(final - index.total[1] - veille) < (1 if point.petit else 1_000)
    if point.petit:
        jour = energies_quotidiennes(point, LUNDI, apres(LUNDI, 1)).valeurs[0]
        assert index.total[3] == 2_000 + jour


def test_the_last_index_of_a_meter_in_place_is_refused() -> None:
    with pytest.raises(ValueError, match="still in place"):
        registres_de_depose(linky(), linky().compteurs[0])


@pytest.mark.documented("V26.2: history is cut at the last mise en service")
def test_readings_go_from_the_mise_en_service_to_the_end_included() -> None:
    fin = date(2024, 1, 12)
    point = replace(linky(), mise_en_service=LUNDI, resiliation=fin)
    entier = index_quotidiens(linky(), LUNDI, apres(fin, 1))
    vus = index_quotidiens(point, date(2024, 1, 1), date(2024, 2, 1))
    assert vus.total.tolist() == entier.total.tolist()
    assert len(vus.total) == 5
    depose = replace(point, resiliation=None, compteurs=(replace(point.compteurs[0], depose=fin),))
    vus = index_quotidiens(depose, date(2024, 1, 1), date(2024, 2, 1))
    assert vus.total.tolist() == entier.total.tolist()
    assert vus.total[-1] == registres_de_depose(depose, depose.compteurs[0])[-1]


def test_a_meter_older_than_the_table_starts_with_the_table() -> None:
    vieux = replace(grand(), compteurs=(CompteurPose(date(1998, 5, 1)),))
    assert index_quotidiens(vieux, LUNDI, apres(LUNDI, 1)).total[0] > 0


def test_a_gap_that_covers_a_day_loses_the_reading_at_its_end() -> None:
    jour = datetime(2024, 1, 8, tzinfo=PARIS)
    presque = TrouDeCourbe(jour, jour.replace(hour=23, minute=59))
    entier = TrouDeCourbe(jour.astimezone(UTC), jour.replace(day=9))
    fenetre = (LUNDI, apres(LUNDI, 3))
    assert index_quotidiens(replace(linky(), trous=(presque,)), *fenetre).valides.all()
    vus = index_quotidiens(replace(linky(), trous=(entier,)), *fenetre)
    assert vus.valides.tolist() == [True, False, True]
    assert vus.total.tolist() == index_quotidiens(linky(), *fenetre).total.tolist()


@pytest.mark.observed("CMD v3 of a C4 and R171: a real, irregular reading time in the night")
@given(grands, jours, st.integers(1, 20))
@examples(20)
def test_a_current_reading_stands_between_the_midnights_around_it(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    midis = index_quotidiens(point, debut, apres(fin, 1))
    courants = index_courants(point, debut, fin)
    assert (courants.horodates >= midis.horodates[:-1] + 20 * 60).all()
    assert (courants.horodates < midis.horodates[:-1] + 10 * 3600).all()
    for registre in ("total", "distributeur"):
        vu, bords = getattr(courants, registre), getattr(midis, registre)
        assert (bords[..., :-1] <= vu).all()
        assert (vu <= bords[..., 1:]).all()
    assert not (courants.distributeur % 1000).any()


def test_current_readings_of_a_night_of_change_come_after_it() -> None:
    for nuit in (date(2024, 3, 31), date(2024, 10, 27)):
        for graine in range(20):
            lu = index_courants(grand(graine), nuit, apres(nuit, 1))
            heure = (lu.horodates + lu.decalages)[0] % 86_400 / 3600
            instant = datetime.fromtimestamp(int(lu.horodates[0]), PARIS)
            assert 3 < heure < 9
            assert instant.hour == int(heure)


@pytest.mark.observed("CMD v3 of a C4: the 9th at 00:50:00")
def test_the_frozen_index_is_read_at_its_minute() -> None:
    neuf = [date(2024, 1, 9), date(2024, 2, 9)]
    lus = index_aux(grand(kw=5_000, segment="C2"), neuf, 50)
    instants = [datetime.fromtimestamp(int(e), PARIS) for e in lus.horodates]
    assert [i.isoformat()[:16] for i in instants] == ["2024-01-09T00:50", "2024-02-09T00:50"]
    for rang, jour in enumerate(neuf):
        midi = index_quotidiens(grand(kw=5_000, segment="C2"), jour, apres(jour, 1))
        quarts = courbe(grand(kw=5_000, segment="C2"), jour, apres(jour, 1)).valeurs[:10]
        ecart = int(lus.total[rang] - midi.total[0]) - int(quarts.sum()) // 12
        assert abs(ecart) <= 1_000
    assert index_aux(grand(), [], 50).total.tolist() == []
    assert index_aux(grand(), [date(2001, 1, 1), LUNDI], 0).total.shape == (1,)


def test_seasonal_ranges_are_two_entries_a_year() -> None:
    ete, hiver = parse_plages("12H-17H;2H-5H"), parse_plages("23H-7H")
    point = replace(
        linky(distributeur=Structure.HP_HC),
        heures_creuses=(
            HeuresCreuses(date(2023, 11, 1), hiver),
            HeuresCreuses(date(2024, 4, 1), ete),
        ),
    )
    for jour, plages in ((date(2024, 3, 20), hiver), (date(2024, 4, 20), ete)):
        hc = np.diff(index_quotidiens(point, jour, apres(jour, 2)).distributeur[0])[0]
        assert abs(hc - watts_in(point, jour, plages)) <= 3
