"""Readings beside what is done to a meter: a re-programming, a replacement."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from mesures_points import POSE, grand, linky

from sge_sim.clock import PARIS
from sge_sim.mesures import (
    CompteurPose,
    HeuresCreuses,
    Structure,
    courbe,
    index_quotidiens,
    parse_plages,
)
from sge_sim.mesures.index import registres_de_depose
from sge_sim.mesures.lecture import TOUT, Lecture
from sge_sim.mesures.releves import Contexte, read_contextes

J = date(2024, 3, 12)
_JOUR = timedelta(days=1)
_GUIDE = "GUI 0497 v1.5.0 p. 17-18, GUI 0503: COL, TOP and CRI; AV, AS and AP of a re-programming"


def read(point: object, debut: date, fin: date) -> dict[tuple[str, str], Contexte]:
    lecture = Lecture("INDEX", "EA", debut, fin)
    return {(one.contexte, one.type): one for one in read_contextes(point, lecture)}  # type: ignore[arg-type]


@pytest.mark.documented(_GUIDE)
def test_a_reprogramming_is_read_before_at_and_after() -> None:
    """Register by register the same: the calendar stays (inferred)."""
    point = linky(distributeur=Structure.SAISONS_C5, fournisseur=Structure.HP_HC)
    moved = HeuresCreuses(J, parse_plages("1H00-7H00;13H00-15H00"))
    point = replace(point, heures_creuses=(*point.heures_creuses, moved))
    found = read(point, J - 2 * _JOUR, J + 2 * _JOUR)
    assert [*found] == [("COL", "AQ"), ("TOP", "AV"), ("TOP", "AS"), ("TOP", "AP")]
    before, at, after = (found["TOP", type] for type in ("AV", "AS", "AP"))
    for one in (before, at, after):
        ((total,),) = [[each.total for each in one.grandeurs]]
        assert total.horodates.tolist() == [
            int(index_quotidiens(point, J, J + _JOUR).horodates[0]) + 120
        ]
        classes = one.grandeurs[0].calendriers[-1].registres
        assert sum(int(each.valeurs[0]) for each in classes) == int(total.valeurs[0])
        assert total.valeurs.tolist() == before.grandeurs[0].total.valeurs.tolist()  # type: ignore[union-attr]
    assert [*read(point, J + _JOUR, J + 3 * _JOUR)] == [("COL", "AQ")]


@pytest.mark.documented(_GUIDE)
@pytest.mark.assumed("the reasons are those of the meter that goes and of the one that comes")
@pytest.mark.parametrize("petit", [True, False])
def test_a_meter_that_is_replaced_is_read_as_it_goes_and_as_the_other_comes(petit: bool) -> None:
    point = linky() if petit else grand()
    old, new = CompteurPose(POSE, J, 500), CompteurPose(J, None, 3_000)
    point = replace(point, compteurs=(old, new))
    lecture = Lecture("INDEX", TOUT, J - 2 * _JOUR, J + 2 * _JOUR)
    found = [one for one in read_contextes(point, lecture) if one.contexte == "CRI"]
    assert [(one.type, one.motif) for one in found] == [
        ("AS" if petit else "LC", motif) for motif in ("DEPOSE_FOURNISSEUR", "POSE_FOURNISSEUR")
    ]
    midnight = int(index_quotidiens(point, J, J + _JOUR).horodates[0])
    for one, total in zip(found, (registres_de_depose(point, old)[-1], 3_000), strict=True):
        grandeur = one.grandeurs[0]
        classes = grandeur.calendriers[-1].registres
        assert {tuple(each.horodates.tolist()) for each in classes} == {(midnight,)}
        if petit:
            assert grandeur.total.valeurs.tolist() == [total]
        # Whole kWh of each class of a large meter.
        assert 0 <= total - sum(int(each.valeurs[0]) for each in classes) < 5_000
    assert not [kind for kind in read(point, J + _JOUR, J + 3 * _JOUR) if kind[0] == "CRI"]


@pytest.mark.assumed("the first meter of a point is told as it comes, as every other one is")
def test_the_first_meter_is_read_as_it_comes() -> None:
    (first,) = [
        found
        for found in read_contextes(linky(), Lecture("INDEX", "EA", POSE, POSE + _JOUR))
        if found.contexte == "CRI"
    ]
    assert first.motif == "POSE_FOURNISSEUR"
    assert first.grandeurs[0].total.valeurs.tolist() == [1_234]


@pytest.mark.documented("GUI 0497 v1.5.0 p. 17-18: CRD, RC of large points")
@pytest.mark.assumed("a demand of the indexes of the day is what it reports")
def test_a_reading_that_is_asked_for_tells_what_the_meter_shows_then() -> None:
    instants = tuple(
        datetime(J.year, J.month, J.day, hour, 17, 40, tzinfo=PARIS) for hour in (9, 15)
    )
    point = replace(grand(), ponctuels=instants)
    lecture = Lecture("INDEX", TOUT, J - _JOUR, J + 2 * _JOUR)
    by_kind = {(found.contexte, found.type): found for found in read_contextes(point, lecture)}
    usual, asked = by_kind["FMR", "RC"], by_kind["CRD", "RC"]
    assert asked.motif is None
    kinds = [each.grandeur for each in usual.grandeurs]
    assert [each.grandeur for each in asked.grandeurs] == kinds
    for now, nightly in zip(asked.grandeurs, usual.grandeurs, strict=True):
        registers = zip(now.calendriers[0].registres, nightly.calendriers[0].registres, strict=True)
        for register, night in registers:
            assert register.horodates.tolist() == [int(each.timestamp()) for each in instants]
            values = [night.valeurs[1], *register.valeurs, night.valeurs[2]]
            assert values == sorted(values)
    active = asked.grandeurs[0].calendriers[0].registres
    spent = [sum(int(each.valeurs[rank]) for each in active) for rank in (0, 1)]
    power = courbe(point, J, J + _JOUR)
    after, before = (power.horodates >= int(each.timestamp()) for each in instants)
    measured = int(power.valeurs[after & ~before].sum()) // 12
    assert abs(measured - (spent[1] - spent[0])) < 10_000
    assert ("CRD", "RC") not in read(replace(point, ponctuels=()), J - _JOUR, J + 2 * _JOUR)
