"""Billing consumptions: rows, grids, estimates, and the index they come from."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import POSE, apres, examples, grand, grands, linky, linkys

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    CompteurPose,
    Consommation,
    Grille,
    PointMesure,
    PuissanceSouscrite,
    Structure,
    TrouDeCourbe,
    consommations,
    index_aux,
    index_quotidiens,
)

FIXE = 3
"""The seed of a point whose cycle doesn't drift, and of which no month is split then."""
MES, LINKY, GRILLE = date(2020, 10, 20), date(2021, 1, 7), date(2021, 1, 11)


def lost(jour: date) -> TrouDeCourbe:
    debut = datetime(jour.year, jour.month, jour.day, tzinfo=PARIS)
    return TrouDeCourbe(debut, debut + timedelta(days=1))


def recorded() -> PointMesure:
    """The C5 of the recorded answer: an old meter, then a Linky, then the distributor's grid.

    Its cycle doesn't drift.
    """
    return PointMesure(
        graine=FIXE,
        segment="C5",
        puissances=(PuissanceSouscrite(MES, 6),),
        mise_en_service=MES,
        compteurs=(
            CompteurPose(date(2009, 1, 1), LINKY, 80_000, communicant=False),
            CompteurPose(LINKY),
        ),
        grille_fournisseur=(
            Grille(MES, "HoroF1", Structure.BASE),
            Grille(LINKY, "FC000165", Structure.BASE),
        ),
        grille_distributeur=(Grille(GRILLE, "DI000001", Structure.BASE),),
        jour_releve=6,
    )


@pytest.mark.observed("ConsultationMesures of a C5 whose meter changed, 2022")
def test_a_change_of_meter_and_of_chain_looks_as_recorded() -> None:
    vues = consommations(recorded(), MES, date(2021, 5, 1))
    assert [(s.calendrier, s.classe) for s in vues.fournisseur] == [
        ("HoroF1", "BASE"),
        ("FC000165", "BASE"),
    ]
    ancienne, nouvelle = vues.fournisseur
    assert [
        (c.debut, c.fin, c.nature, c.declencheur) for c in reversed(nouvelle.consommations)
    ] == [
        (LINKY, GRILLE, "REEL", "EVENEMENT"),
        (GRILLE, date(2021, 1, 15), "ESTI", "CYCLIQUE"),
        (date(2021, 1, 15), date(2021, 2, 6), "REGU", "CYCLIQUE"),
        (date(2021, 2, 6), date(2021, 3, 6), "REEL", "CYCLIQUE"),
        (date(2021, 3, 6), date(2021, 4, 6), "REEL", "CYCLIQUE"),
    ]
    assert {c.nature for c in ancienne.consommations} == {"REEL"}
    assert (ancienne.consommations[0].fin, ancienne.consommations[0].declencheur) == (
        LINKY,
        "EVENEMENT",
    )
    assert ancienne.consommations[-1].debut == MES
    (turpe,) = vues.distributeur
    assert turpe.calendrier == "DI000001"
    assert turpe.consommations == nouvelle.consommations[:-1]


@pytest.mark.observed("ConsultationMesures of C5: 05-13, 04-10, 03-10; another is on the 6th")
@pytest.mark.observed("ConsultationMesures of a Linky over two years: always the same day")
def test_a_linky_is_read_on_the_day_that_the_point_says() -> None:
    for graine in range(10):
        point = replace(linky(graine), jour_releve=6)
        rows = consommations(point, date(2021, 1, 10), date(2024, 1, 10)).fournisseur[0]
        assert {c.fin.day for c in rows.consommations if c.nature != "ESTI"} == {6}


@pytest.mark.observed("ConsultationMesures of a C5: 05-13, 04-10, 03-10")
def test_the_cycle_of_some_old_meters_drifts_by_days_and_never_skips_a_month() -> None:
    fixes = 0
    for graine in range(40):
        point = replace(
            linky(graine), jour_releve=6, compteurs=(CompteurPose(POSE, communicant=False),)
        )
        rows = consommations(point, date(2021, 1, 10), date(2024, 1, 10)).fournisseur[0]
        jours = [c.fin for c in rows.consommations]
        assert all(6 <= jour.day <= 13 for jour in jours)
        # Read on the spot every six months.
        assert len({(jour.year, jour.month) for jour in jours}) == len(jours) >= 5
        fixes += {jour.day for jour in jours} == {6}
    assert 10 <= fixes <= 30


@pytest.mark.observed("ConsultationMesures of a Linky: 2021-01-11 to 15 ESTI, to 02-06 REGU")
def test_a_month_of_a_linky_is_now_and_then_split_by_an_estimate() -> None:
    coupes = 0
    for graine in range(20):
        rows = consommations(linky(graine), date(2021, 1, 10), date(2024, 1, 10)).fournisseur[0]
        for avant, ligne in pairwise(reversed(rows.consommations)):
            if avant.nature == "ESTI":
                assert (avant.fin - avant.debut).days == 4
                assert ligne.nature == "REGU"
                coupes += 1
    # 36 months of 20 points.
    assert 30 <= coupes <= 90
    assert all(
        c.nature == "REEL"
        for c in consommations(grand(), date(2021, 1, 10), date(2024, 1, 10))
        .distributeur[0]
        .consommations
    )


@pytest.mark.observed("ConsultationMesures of a C4, 2022: 36 rows from the 9th, zeros kept")
def test_a_c4_has_a_row_a_month_in_each_class_with_zeros_out_of_season() -> None:
    vues = consommations(grand(), date(2021, 12, 9), date(2024, 12, 9))
    assert vues.fournisseur == ()
    assert [serie.classe for serie in vues.distributeur] == ["HCE", "HCH", "HPE", "HPH"]
    for serie in vues.distributeur:
        assert len(serie.consommations) == 36
        assert {(c.nature, c.declencheur, c.statut) for c in serie.consommations} == {
            ("REEL", "CYCLIQUE", "INITIALE")
        }
        assert all(c.debut.day == c.fin.day == 9 for c in serie.consommations)
        hors_saison = 6 if serie.classe.endswith("H") else 1
        zeros = {c.valeur == 0 for c in serie.consommations if c.debut.month == hors_saison}
        assert zeros == {True}


@given(linkys | grands, st.dates(POSE, date(2025, 6, 1)), st.integers(1, 1_100))
@examples(25)
def test_rows_tile_the_period_newest_first_and_are_differences_of_indexes(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    vues = consommations(point, debut, fin)
    for grille, series in (("distributeur", vues.distributeur), ("fournisseur", vues.fournisseur)):
        for serie in series:
            check_rows(point, grille, serie.classe, serie.consommations)
            assert serie.consommations[0].fin <= fin < apres(serie.consommations[0].fin, 39)
            assert serie.consommations[-1].fin > debut


def check_rows(
    point: PointMesure, grille: str, classe: str, rows: tuple[Consommation, ...]
) -> None:
    ascendantes = tuple(reversed(rows))
    assert all(a.fin == b.debut for a, b in pairwise(ascendantes))
    if ascendantes[0].nature == "REGU":
        # It begins with an estimate that isn't told.
        ascendantes = ascendantes[1:]
        if not ascendantes:
            return
    structure = getattr(point, f"grille_{grille}")[0].structure
    cadran = dict(structure.classes)[classe] - 1
    bords = [ascendantes[0].debut, *(ligne.fin for ligne in ascendantes)]
    # The first reading of all is an event, at midnight; the others are at the minute of the freeze.
    lus = getattr(index_aux(point, bords, 0 if point.petit else 50), grille)[cadran]
    if bords[0] == POSE:
        lus[0] = getattr(index_quotidiens(point, POSE, apres(POSE, 1)), grille)[cadran, 0]
    releves = zip(
        ascendantes,
        accumulate(ligne.valeur for ligne in ascendantes),
        (lus[1:] // 1000 - lus[0] // 1000).tolist(),
        strict=True,
    )
    reel = 0
    for ligne, compte, vrai in releves:
        if ligne.nature == "ESTI":
            assert 0.85 * (vrai - reel) - 2 <= compte - reel <= 2.5 * (vrai - reel) + 2
        else:
            assert compte == vrai
            reel = vrai


def test_the_day_of_reading_itself_closes_its_row() -> None:
    rows = consommations(grand(), date(2024, 1, 9), date(2024, 2, 9)).distributeur[0].consommations
    assert [(ligne.debut, ligne.fin) for ligne in rows] == [(date(2024, 1, 9), date(2024, 2, 9))]
    assert consommations(grand(), date(2024, 1, 9), date(2024, 2, 8)).distributeur == ()


@pytest.mark.assumed("a row that straddles the depth is kept whole")
def test_a_row_may_begin_before_the_period() -> None:
    rows = consommations(grand(), date(2024, 1, 20), date(2024, 2, 20)).distributeur[0]
    assert [ligne.debut for ligne in rows.consommations] == [date(2024, 1, 9)]


@pytest.mark.documented("V26.2: cut at the last mise en service, without error")
def test_no_row_begins_before_the_mise_en_service() -> None:
    point = replace(linky(FIXE), mise_en_service=date(2024, 1, 20), resiliation=date(2024, 3, 10))
    (serie,) = consommations(point, date(2021, 1, 1), date(2024, 12, 1)).fournisseur
    assert [(c.debut, c.fin, c.declencheur) for c in reversed(serie.consommations)] == [
        (date(2024, 1, 20), date(2024, 2, 1), "CYCLIQUE"),
        (date(2024, 2, 1), date(2024, 3, 1), "CYCLIQUE"),
        (date(2024, 3, 1), date(2024, 3, 10), "EVENEMENT"),
    ]
    assert consommations(point, date(2021, 1, 1), date(2024, 1, 19)).fournisseur == ()


@given(st.sets(st.integers(0, 300), max_size=250), st.integers(0, 99))
@examples(25)
def test_only_what_puts_an_estimate_right_is_negative_and_it_does_put_it_right(
    perdus: set[int], graine: int
) -> None:
    debut, fin = date(2023, 1, 1), date(2023, 12, 31)
    sain = linky(graine, distributeur=Structure.SAISONS_C5)
    coupes = {
        c.fin
        for c in consommations(sain, debut, fin).fournisseur[0].consommations
        if c.nature == "ESTI"
    }
    point = replace(sain, trous=tuple(lost(apres(debut, rang)) for rang in sorted(perdus)))
    pour_sain = consommations(sain, debut, fin).distributeur
    for serie, vraie in zip(consommations(point, debut, fin).distributeur, pour_sain, strict=True):
        rows = tuple(reversed(serie.consommations))
        assert all(ligne.valeur >= 0 for ligne in rows if ligne.nature != "REGU")
        for avant, ligne in pairwise(rows):
            assert (ligne.nature == "REGU") == (avant.nature == "ESTI" != ligne.nature)
        for ligne in rows:
            perdu = (ligne.fin - debut).days - 1 in perdus or ligne.fin in coupes
            assert (ligne.nature == "ESTI") == perdu
        # But for the last row, if it is estimated.
        if rows[-1].nature != "ESTI":
            assert sum(c.valeur for c in rows) == sum(c.valeur for c in vraie.consommations)


@pytest.mark.observed("anonymised R67 of June 2026: one of six regularisations is negative")
def test_an_estimate_that_exceeds_the_truth_is_put_right_by_a_negative_quantity() -> None:
    debut, fin = date(2023, 1, 10), date(2024, 1, 10)
    regularisees = []
    for graine in range(60):
        sain = linky(graine, distributeur=Structure.SAISONS_C5)
        # Two months' readings are lost, and the next is made.
        point = replace(sain, trous=tuple(lost(apres(date(2023, 9, 1), n)) for n in range(45)))
        for serie in consommations(point, debut, fin).distributeur:
            regularisees += [c.valeur for c in serie.consommations if c.nature == "REGU"]
    negatives = sum(valeur < 0 for valeur in regularisees)
    # Where nothing is consumed in a class, what exceeds it is nothing either.
    assert 0 < negatives < len(regularisees) / 6


@pytest.mark.assumed("an old meter is read on the spot every six months")
@pytest.mark.observed("ConsultationMesures of a C5, 2022: rows of the old meter are REEL")
def test_a_meter_that_does_not_communicate_has_real_rows_of_six_months() -> None:
    (serie,) = consommations(
        replace(recorded(), mise_en_service=date(2018, 1, 1), grille_fournisseur=(
            Grille(date(2018, 1, 1), "HoroF1", Structure.BASE),)),
        date(2019, 1, 6), date(2020, 1, 6),
    ).fournisseur  # fmt: skip
    assert {ligne.nature for ligne in serie.consommations} == {"REEL"}
    jours = [ligne.fin for ligne in serie.consommations]
    assert [(a.month - b.month) % 12 for a, b in pairwise(jours)] == [6] * (len(jours) - 1)
    assert len(jours) == 2


def test_an_estimate_after_a_change_of_meter_starts_from_the_new_meter() -> None:
    sain = replace(
        recorded(),
        grille_distributeur=(),
        grille_fournisseur=(Grille(MES, "FC000165", Structure.BASE),),
        trous=(),
    )
    point = replace(sain, trous=(lost(date(2021, 2, 5)),))
    # Nothing is estimated but what is lost.
    (vraie,), (vue,) = (
        consommations(p, LINKY, date(2021, 3, 6)).fournisseur for p in (sain, point)
    )
    regularisee, estimee = vue.consommations[:2]
    assert (regularisee.nature, estimee.nature, estimee.debut) == ("REGU", "ESTI", LINKY)
    assert 0.84 * vraie.consommations[1].valeur < estimee.valeur <= vraie.consommations[1].valeur
    assert regularisee.valeur >= vraie.consommations[0].valeur


def test_a_meter_change_loses_no_energy() -> None:
    point = recorded()
    (ancienne, nouvelle) = consommations(point, MES, date(2021, 5, 6)).fournisseur
    total = sum(c.valeur for serie in (nouvelle, ancienne) for c in serie.consommations)
    seul = replace(
        point, compteurs=(CompteurPose(date(2009, 1, 1), index_initial=80_000),), trous=()
    )
    vrai = sum(
        c.valeur
        for serie in consommations(seul, MES, date(2021, 5, 6)).fournisseur
        for c in serie.consommations
    )
    assert abs(total - vrai) <= 1
