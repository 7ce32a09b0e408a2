"""Readings beside what is done to a meter: a re-programming, a replacement."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from mesures_points import POSE, grand, linky

from sge_sim.mesures import CompteurPose, HeuresCreuses, Structure, index_quotidiens, parse_plages
from sge_sim.mesures.index import index_de_depose
from sge_sim.mesures.lecture import Lecture
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
        assert total is not None
        assert total.horodates.tolist() == [
            int(index_quotidiens(point, J, J + _JOUR).horodates[0]) + 120
        ]
        classes = one.grandeurs[0].calendriers[-1].registres
        assert sum(int(each.valeurs[0]) for each in classes) == int(total.valeurs[0])
        assert total.valeurs.tolist() == before.grandeurs[0].total.valeurs.tolist()  # type: ignore[union-attr]
    assert [*read(point, J + _JOUR, J + 3 * _JOUR)] == [("COL", "AQ")]


@pytest.mark.documented(_GUIDE)
@pytest.mark.parametrize("petit", [True, False])
def test_a_meter_that_is_replaced_is_read_as_it_goes(petit: bool) -> None:
    point = linky() if petit else grand()
    old, new = CompteurPose(POSE, J, 500), CompteurPose(J, None, 3)
    point = replace(point, compteurs=(old, new))
    found = read(point, J - 2 * _JOUR, J + 2 * _JOUR)
    (kind,) = [kind for kind in found if kind[0] == "CRI"]
    assert kind == ("CRI", "AS" if petit else "LC")
    grandeur = found[kind].grandeurs[0]
    if petit:
        assert grandeur.total is not None
        assert grandeur.total.valeurs.tolist() == [index_de_depose(point, old)]
        daily = index_quotidiens(point, J, J + _JOUR)
        assert daily.total.tolist() == [3]
    assert not [kind for kind in read(point, J + _JOUR, J + 3 * _JOUR) if kind[0] == "CRI"]
