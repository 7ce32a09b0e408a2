"""What is read of a point by kind, quantity, period, step and right: series and readings."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from mesures_points import POSE, apres, examples, grand, grands, jours, linky, linkys

from sge_sim.mesures import (
    Grandeur,
    HeuresCreuses,
    PeriodeCollecte,
    PointMesure,
    courbe,
    energies_quotidiennes,
    index_quotidiens,
    puissances_maximales,
)
from sge_sim.mesures.lecture import ENERGIES, TOUT, UNITES, Lecture
from sge_sim.mesures.releves import read_contextes, read_contextes_of
from sge_sim.mesures.series import read_curves, read_series

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


@pytest.mark.assumed("one physics: what is read of a point doesn't depend on those beside it")
@pytest.mark.parametrize("debut", [LUNDI, date(2024, 3, 25), date(2024, 10, 24)])
def test_points_read_together_are_those_read_alone(debut: date) -> None:
    plant = replace(linky(graine=9), segment="P4")
    nights = (HeuresCreuses(POSE, ((60, 420),)), HeuresCreuses(debut, ((0, 300), (780, 840))))
    points = [
        linky(),
        replace(linky(graine=8), heures_creuses=nights, collectes=(PeriodeCollecte(POSE),)),
        replace(ACTIVATION, heures_creuses=nights[:1]),
        plant,
        replace(linky(graine=10), couple=plant),
        grand(),
    ]
    lengths = [1, 20, 40, 5, 8, 3]
    spans = [(point, debut, apres(debut, n)) for point, n in zip(points, lengths, strict=True)]
    for type_, together, alone in (
        ("INDEX", read_contextes_of, read_contextes),
        ("COURBE", read_curves, read_series),
    ):
        asked = [(point, Lecture(type_, TOUT, *days)) for point, *days in spans]
        assert texts(together(asked)) == texts([alone(*each) for each in asked])
        assert together([]) == []


def texts(read: object) -> str:
    """All that was read, as arrays can't be compared within tuples."""
    with np.printoptions(threshold=10**9):
        return repr(read)
