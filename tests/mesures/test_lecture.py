"""What is read of a point by kind, quantity, period, step and right: series and readings."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from mesures_points import apres, examples, grand, grands, jours, linky, linkys

from sge_sim.mesures import (
    Grandeur,
    PeriodeCollecte,
    PointMesure,
    courbe,
    energies_quotidiennes,
    index_quotidiens,
    puissances_maximales,
)
from sge_sim.mesures.lecture import ENERGIES, TOUT, UNITES, Lecture
from sge_sim.mesures.releves import read_contextes
from sge_sim.mesures.series import read_series

LUNDI = date(2024, 1, 8)
ACTIVATION = replace(linky(), collectes=(PeriodeCollecte(LUNDI),))
AVANT, APRES = apres(LUNDI, -3), apres(LUNDI, 2)


def steps(lecture: Lecture) -> list[tuple[int | None, int]]:
    """The steps of the curve of `ACTIVATION`, and how many points have each."""
    return [
        (troncon.pas, len(troncon.valeurs))
        for serie in read_series(ACTIVATION, lecture)
        for troncon in serie.troncons
    ]


@pytest.mark.observed("HDM of a C5: 60 minutes until the activation, 30 after")
def test_a_curve_is_read_with_what_the_meter_kept_or_as_it_was_collected_alone() -> None:
    lecture = Lecture("COURBE", Grandeur.PA, AVANT, APRES)
    assert steps(lecture) == [(60, 3 * 24), (30, 2 * 48)]
    assert steps(replace(lecture, collectees=True)) == [(30, 2 * 48)]
    assert steps(Lecture("COURBE", Grandeur.PA, AVANT, LUNDI, collectees=True)) == []


@pytest.mark.assumed("one physics: a series is the column of its quantity")
@given(linkys | grands, jours)
@examples(20)
def test_series_are_the_columns_of_their_quantities(point: PointMesure, debut: date) -> None:
    fin = apres(debut, 2)
    for type_, columns in (
        ("COURBE", {g: courbe(point, debut, fin, g) for g in _curves(point)}),
        ("ENERGIE", {"EA": energies_quotidiennes(point, debut, fin, ENERGIES["EA"])}),
        ("PMAX", {"PMA": puissances_maximales(point, debut, fin)}),
    ):
        for grandeur, column in columns.items():
            (serie,) = read_series(point, Lecture(type_, grandeur, debut, fin))
            assert serie.grandeur == grandeur
            read = [v for troncon in serie.troncons for v in troncon.valeurs.tolist()]
            assert read == column.valeurs.tolist()


def _curves(point: PointMesure) -> tuple[Grandeur, ...]:
    return (Grandeur.PA,) if point.petit else tuple(Grandeur)


@pytest.mark.assumed("one physics: readings are those of the index")
def test_readings_are_those_of_the_index() -> None:
    (contexte,) = read_contextes(linky(), Lecture("INDEX", TOUT, LUNDI, APRES))
    (relevee,) = contexte.grandeurs
    index = index_quotidiens(linky(), LUNDI, APRES)
    assert relevee.total.valeurs.tolist() == index.total.tolist()
    fournisseur, distributeur = relevee.calendriers
    assert fournisseur.registres[0].valeurs.tolist() == index.fournisseur[0].tolist()
    assert distributeur.registres[0].valeurs.tolist() == index.distributeur[0].tolist()


@pytest.mark.assumed("every quantity is written with a unit")
@pytest.mark.parametrize("point", [linky(), replace(linky(), segment="P4"), grand()])
def test_every_quantity_that_is_read_has_a_unit(point: PointMesure) -> None:
    lecture = Lecture("INDEX", TOUT, LUNDI, apres(LUNDI, 31))
    read = {g.grandeur for contexte in read_contextes(point, lecture) for g in contexte.grandeurs}
    for type_ in ("COURBE", "ENERGIE", "PMAX"):
        read |= {serie.grandeur for serie in read_series(point, replace(lecture, type=type_))}
    assert read <= UNITES.keys()
