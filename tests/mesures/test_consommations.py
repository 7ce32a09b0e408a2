"""Billing consumptions: rows, grids, estimates, and the index they come from."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mesures_points import POSE, apres, examples, grand, grands, linky, linkys

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    Compteur,
    Consommation,
    Grille,
    PointMesure,
    PuissanceSouscrite,
    Structure,
    Trou,
    consommations,
    index_aux,
    index_quotidiens,
)

MES, LINKY, GRILLE = date(2020, 10, 20), date(2021, 1, 7), date(2021, 1, 11)


def lost(jour: date) -> Trou:
    debut = datetime(jour.year, jour.month, jour.day, tzinfo=PARIS)
    return Trou(debut, debut + timedelta(days=1))


def recorded() -> PointMesure:
    """The C5 of the recorded answer: an old meter, then a Linky, then the distributor's grid."""
    return PointMesure(
        graine=5,
        segment="C5",
        puissances=(PuissanceSouscrite(MES, 6),),
        mise_en_service=MES,
        compteurs=(Compteur(date(2009, 1, 1), LINKY, 80_000, communicant=False), Compteur(LINKY)),
        grille_fournisseur=(
            Grille(MES, "HoroF1", Structure.BASE),
            Grille(LINKY, "FC000165", Structure.BASE),
        ),
        grille_distributeur=(Grille(GRILLE, "DI000001", Structure.BASE),),
        jour_releve=6,
        trous=(lost(date(2021, 2, 5)),),
    )


@pytest.mark.observed("ConsultationMesures of a C5 whose meter changed, 2022")
def test_a_change_of_meter_and_of_chain_looks_as_recorded() -> None:
    vues = consommations(recorded(), MES, date(2021, 5, 1))
    assert [(s.calendrier, s.classe) for s in vues.fournisseur] == [
        ("FC000165", "BASE"),
        ("HoroF1", "BASE"),
    ]
    nouvelle, ancienne = vues.fournisseur
    assert [
        (c.debut, c.fin, c.nature, c.declencheur) for c in reversed(nouvelle.consommations)
    ] == [
        (LINKY, GRILLE, "REEL", "EVENEMENT"),
        (GRILLE, date(2021, 2, 6), "ESTI", "CYCLIQUE"),
        (date(2021, 2, 6), date(2021, 3, 6), "REGU", "CYCLIQUE"),
        (date(2021, 3, 6), date(2021, 4, 6), "REEL", "CYCLIQUE"),
    ]
    assert (ancienne.consommations[0].fin, ancienne.consommations[0].declencheur) == (
        LINKY,
        "EVENEMENT",
    )
    assert ancienne.consommations[-1].debut == MES
    (turpe,) = vues.distributeur
    assert turpe.calendrier == "DI000001"
    assert turpe.consommations == nouvelle.consommations[:-1]


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
@examples(40)
def test_rows_tile_the_period_newest_first_and_are_differences_of_indexes(
    point: PointMesure, debut: date, duree: int
) -> None:
    fin = apres(debut, duree)
    vues = consommations(point, debut, fin)
    for grille, series in (("distributeur", vues.distributeur), ("fournisseur", vues.fournisseur)):
        for serie in series:
            check_rows(point, grille, serie.classe, serie.consommations)
            assert serie.consommations[0].fin <= fin < apres(serie.consommations[0].fin, 32)
            assert serie.consommations[-1].fin > debut


def check_rows(
    point: PointMesure, grille: str, classe: str, rows: tuple[Consommation, ...]
) -> None:
    ascendantes = tuple(reversed(rows))
    assert all(a.fin == b.debut for a, b in pairwise(ascendantes))
    structure = getattr(point, f"grille_{grille}")[0].structure
    cadran = dict(structure.classes)[classe] - 1
    bords = [ascendantes[0].debut, *(ligne.fin for ligne in ascendantes)]
    # The first reading of all is an event, at midnight; the others are at the minute of the freeze.
    lus = getattr(index_aux(point, bords, 0 if point.petit else 50), grille)[cadran]
    if bords[0] == POSE:
        lus[0] = getattr(index_quotidiens(point, POSE, apres(POSE, 1)), grille)[cadran, 0]
    assert [ligne.valeur for ligne in ascendantes] == np.diff(lus // 1000).tolist()


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
    point = replace(linky(), mise_en_service=date(2024, 1, 20), resiliation=date(2024, 3, 10))
    (serie,) = consommations(point, date(2021, 1, 1), date(2024, 12, 1)).fournisseur
    assert [(c.debut, c.fin, c.declencheur) for c in reversed(serie.consommations)] == [
        (date(2024, 1, 20), date(2024, 2, 1), "CYCLIQUE"),
        (date(2024, 2, 1), date(2024, 3, 1), "CYCLIQUE"),
        (date(2024, 3, 1), date(2024, 3, 10), "EVENEMENT"),
    ]
    assert consommations(point, date(2021, 1, 1), date(2024, 1, 19)).fournisseur == ()


@given(st.sets(st.integers(0, 300), max_size=250), st.integers(0, 99))
@examples(40)
def test_estimates_are_never_negative_and_the_next_real_reading_puts_them_right(
    perdus: set[int], graine: int
) -> None:
    debut, fin = date(2023, 1, 1), date(2023, 12, 31)
    sain = linky(graine, distributeur=Structure.SAISONS_C5)
    point = replace(sain, trous=tuple(lost(apres(debut, rang)) for rang in sorted(perdus)))
    pour_sain = consommations(sain, debut, fin).distributeur
    for serie, vraie in zip(consommations(point, debut, fin).distributeur, pour_sain, strict=True):
        rows = tuple(reversed(serie.consommations))
        assert all(ligne.valeur >= 0 for ligne in rows)
        for avant, ligne in pairwise(rows):
            assert (ligne.nature == "REGU") == (avant.nature == "ESTI" != ligne.nature)
        for ligne in rows:
            perdu = (ligne.fin - debut).days - 1 in perdus
            assert (ligne.nature == "ESTI") == perdu
        assert sum(c.valeur for c in rows) == sum(c.valeur for c in vraie.consommations)


@pytest.mark.assumed("an old meter is read on the spot every six months")
def test_a_meter_that_does_not_communicate_is_mostly_estimated() -> None:
    (serie,) = consommations(
        replace(recorded(), mise_en_service=date(2018, 1, 1), grille_fournisseur=(
            Grille(date(2018, 1, 1), "HoroF1", Structure.BASE),)),
        date(2019, 1, 6), date(2020, 1, 6),
    ).fournisseur  # fmt: skip
    natures = [ligne.nature for ligne in serie.consommations]
    assert natures.count("REGU") == 2
    assert natures.count("ESTI") == 10


def test_an_estimate_after_a_change_of_meter_starts_from_the_new_meter() -> None:
    sain = replace(
        recorded(),
        grille_distributeur=(),
        grille_fournisseur=(Grille(MES, "FC000165", Structure.BASE),),
        trous=(),
    )
    point = replace(sain, trous=(lost(date(2021, 2, 5)),))
    (vraie,), (vue,) = (
        consommations(p, LINKY, date(2021, 3, 6)).fournisseur for p in (sain, point)
    )
    regularisee, estimee = vue.consommations[:2]
    assert (regularisee.nature, estimee.nature, estimee.debut) == ("REGU", "ESTI", LINKY)
    assert 0.84 * vraie.consommations[1].valeur < estimee.valeur <= vraie.consommations[1].valeur
    assert regularisee.valeur >= vraie.consommations[0].valeur


def test_a_meter_change_loses_no_energy() -> None:
    point = recorded()
    (nouvelle, ancienne) = consommations(point, MES, date(2021, 5, 6)).fournisseur
    total = sum(c.valeur for serie in (nouvelle, ancienne) for c in serie.consommations)
    seul = replace(point, compteurs=(Compteur(date(2009, 1, 1), index_initial=80_000),), trous=())
    vrai = sum(
        c.valeur
        for serie in consommations(seul, MES, date(2021, 5, 6)).fournisseur
        for c in serie.consommations
    )
    assert abs(total - vrai) <= 1
