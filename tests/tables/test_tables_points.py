"""Points, meters and communes as the database keeps them."""

from datetime import date

import pytest
from sqlalchemy import select
from state_kit import ROMIGUIERES, AddPoint, count_points, named_points

from sge_sim.facts.database import Database
from sge_sim.tables.anciens_etats import AncienEtat, change_columns
from sge_sim.tables.point_columns import ParametresTeleAcces, TransformateurCourant
from sge_sim.tables.points import (
    Point,
    find_point,
    insert_points,
    known_commune,
    small_points_among,
)


def test_a_point_comes_back_as_it_was_stored(database: Database, add_point: AddPoint) -> None:
    transformateur = TransformateurCourant("200/5", "200/5", "0_5", "SCND")
    acces = ParametresTeleAcces(
        numero_voie_aiguillage=2, fenetre_heure_debut="02:00:00", fenetre_duree_min=120
    )
    prm = add_point(
        denivele_puissances={"HPH": 84, "HCH": 96, "HPE": 108, "HCE": 108},
        date_mise_en_service=date(2014, 3, 17),
        transformateur_courant=transformateur,
        futures_programmations={"BTSUPCU4": {"HC": "22H00-06H00"}},
        compteurs=({"matricule": "1", "parametres_tele_acces": acces},),
    )
    with database.sessions() as session:
        point = find_point(session, prm)
        assert list((point.denivele_puissances or {}).items()) == [
            ("HPH", 84),
            ("HCH", 96),
            ("HPE", 108),
            ("HCE", 108),
        ]
        assert point.date_mise_en_service == date(2014, 3, 17)
        assert point.transformateur_courant == transformateur
        assert point.transformateur_tension is None
        assert point.futures_programmations == {"BTSUPCU4": {"HC": "22H00-06H00"}}
        assert [compteur.parametres_tele_acces for compteur in point.compteurs] == [acces]


def test_what_changes_twice_on_a_day_was_what_it_was_before_that_day(
    database: Database, add_point: AddPoint
) -> None:
    day, prms = date(2025, 6, 1), [add_point(puissance_souscrite=6) for _ in range(2)]
    with database.transaction() as session:
        for power in (9, 12):
            for prm in prms:
                change_columns(session, find_point(session, prm), day, puissance_souscrite=power)
    with database.sessions() as session:
        former = [
            (each.prm, each.jusqu_a, each.valeurs) for each in session.scalars(select(AncienEtat))
        ]
        assert former == [(prm, day, '{"puissance_souscrite": 6}') for prm in prms]
        assert [find_point(session, prm).puissance_souscrite for prm in prms] == [12, 12]


def test_small_points_are_told_among_others(database: Database, add_point: AddPoint) -> None:
    petit, grand = add_point(segment="C5"), add_point(segment="C4")
    with database.sessions() as session:
        assert small_points_among(session, [grand, petit, "99999999999999"]) == {petit}


def test_an_unknown_point_is_nothing(database: Database) -> None:
    with database.sessions() as session:
        assert find_point(session, "99999999999999") is None


@pytest.mark.assumed("ECRES counts as in service, by its label")
@pytest.mark.parametrize(
    ("etat", "en_service"),
    [
        ("SERVC", True),
        ("ECRES", True),
        ("RESIL", False),
        ("ECRAC", False),
        ("IMPRO", False),
        ("INACCE", False),
    ],
)
def test_a_point_is_in_service_until_it_is_terminated(etat: str, en_service: bool) -> None:
    assert Point(etat_contractuel=etat).en_service is en_service


def test_points_in_bulk_are_searchable_and_their_meters_theirs(
    database: Database, add_point: AddPoint
) -> None:
    model = add_point(numero_et_nom_voie="1 rue de la Mer")
    with database.sessions() as session:
        point = find_point(session, model)
        columns = {
            column.name: getattr(point, column.name)
            for column in Point.__table__.columns
            if not column.name.startswith("recherche_")
        }
    rows = (
        ({**columns, "prm": f"{number:014d}"}, {"matricule": str(number)} if number % 2 else None)
        for number in range(10, 2510)
    )
    with database.transaction() as session:
        assert insert_points(session, rows) == 2500
        assert count_points(session) == 2501
        last = find_point(session, f"{2509:014d}")
        assert last.recherche_voie == "1 RUE DE LA MER"
        assert [compteur.matricule for compteur in last.compteurs] == ["2509"]
        assert find_point(session, f"{2508:014d}").compteurs == []


def test_named_points_are_those_that_say_why_they_are_there(
    database: Database, add_point: AddPoint
) -> None:
    add_point()
    named = [add_point(pourquoi="ADP-R1"), add_point(pourquoi="AHC-R1")]
    with database.sessions() as session:
        assert [point.prm for point in named_points(session)] == named


@pytest.mark.assumed("a commune is the pair of its two codes")
def test_a_postal_code_may_be_known_and_the_pair_not(
    database: Database, add_point: AddPoint
) -> None:
    with database.sessions() as session:
        assert known_commune(session, **ROMIGUIERES)
        assert known_commune(session, "34650", None)
        assert not known_commune(session, "34650", "13001")
        assert known_commune(session, None, ROMIGUIERES["code_insee"])
        assert not known_commune(session, None, "99999")
        assert not known_commune(session, "99999", None)
