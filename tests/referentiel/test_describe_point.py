"""A point told to a tester."""

import json

import pytest
from sqlalchemy.orm import Session

from sge_sim.errors import UsageError
from sge_sim.mesures.climat import ZONES
from sge_sim.referentiel.points import describe_point
from sge_sim.tables.models import Point


def test_a_c5_point_is_told_in_words(session: Session) -> None:
    told = describe_point(session, "25946599093143")
    assert told["pourquoi"].startswith("ADP-R1")
    assert told["etat_contractuel"] == {"code": "SERVC", "libelle": "En service"}
    assert told["alimentation"]["puissance_raccordement"] == "9 kVA"
    assert told["comptage"]["type"] == {"code": "LINKY", "libelle": "Compteur Linky"}
    assert told["comptage"]["compteurs"][0]["localisation"]["libelle"] == "Gaine"
    assert told["dates"]["mise_en_service"] == "2014-03-17"
    assert told["situation"]["provisoire"] is False
    assert told["climat"]["zone"] in ZONES
    assert told["climat"]["temperature"].endswith(" °C")


def test_a_large_point_has_its_powers_and_transformers(session: Session) -> None:
    told = describe_point(session, "98800001220186")
    assert told["tarif"]["denivele_puissances"]["PTE"] == "700 kW"
    assert told["comptage"]["transformateur_tension"]["classe_precision"]["libelle"] == "0,5"


def test_what_a_point_has_not_is_not_told(session: Session) -> None:
    told = describe_point(session, "24210000000692")
    assert not {"tarif", "dates", "releve"} & set(told)
    assert "comptage" not in told


def test_every_point_can_be_written_as_json(session: Session) -> None:
    for (prm,) in session.query(Point.prm).where(Point.pourquoi.is_not(None)):
        assert json.loads(json.dumps(describe_point(session, prm)))["prm"] == prm


@pytest.mark.parametrize(
    ("prm", "told"),
    [
        ("2594659909314", "n'est pas un PRM : il faut quatorze chiffres"),
        ("25946599093144", "devraient être 43"),
        ("24299999999964", "n'existe pas dans cette base"),
    ],
)
def test_an_unknown_point_is_refused_with_what_is_wrong(
    session: Session, prm: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        describe_point(session, prm)
