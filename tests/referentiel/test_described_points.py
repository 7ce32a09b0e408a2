"""A point of the data set, as the physics of measures gets it, and as a tester is told of it."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session
from state_kit import named_points

from sge_sim.domaine.libelles import jour_releve
from sge_sim.domaine.nomenclatures import Sens
from sge_sim.errors import UsageError
from sge_sim.facts.database import Database
from sge_sim.mesures import (
    Opposition,
    PeriodeCollecte,
    PointMesure,
    ProfilConsommation,
    Structure,
    phases_de,
)
from sge_sim.mesures.climat import ZONES, lieu_de_la_commune
from sge_sim.referentiel.mesures import point_mesure
from sge_sim.referentiel.points import describe_point
from sge_sim.tables.mesures import Collecte, read_mesures_facts
from sge_sim.tables.mesures_facts import MesuresFacts
from sge_sim.tables.points import Point, find_point

C5, C4, C2 = "25478147557460", "98800001144455", "98800003605936"


def described(session: Session, prm: str, sens: Sens = "SOUTIRAGE") -> PointMesure:
    return point_mesure(find_point(session, prm), read_mesures_facts(session, prm), sens)


@pytest.mark.observed("TD08 is read on the 9th, TD05 on the 6th (2022)")
@pytest.mark.parametrize(
    ("plage", "jour"),
    [("TD08", 9), ("TD05", 6), ("DM00", 1), ("TM02", 17), ("MM15", 28), ("FM01", 28), (None, 1)],
)
def test_day_of_reading_follows_the_range(plage: str | None, jour: int) -> None:
    assert jour_releve(plage) == jour


@pytest.mark.documented("AX.0355: a tariff has its classes")
@pytest.mark.parametrize(
    ("prm", "distributeur", "fournisseur"),
    [
        ("25957452924301", ("DI000001", Structure.BASE), ("FC000165", Structure.BASE)),
        ("24210000002270", ("DI000002", Structure.HP_HC), ("FC000050", Structure.SIX_CADRANS)),
        (C5, ("DI000003", Structure.SAISONS_C5), ("FC000014", Structure.HP_HC)),
        (C4, ("D", Structure.SAISONS), None),
        (C2, ("D", Structure.POINTE), None),
        ("24210000001819", None, ("HoroF1", Structure.HP_HC)),
    ],
)
def test_grids_follow_the_tariff_the_calendar_and_the_level(
    session: Session,
    prm: str,
    distributeur: tuple[str, Structure] | None,
    fournisseur: tuple[str, Structure] | None,
) -> None:
    point = described(session, prm)
    for grilles, expected in (
        (point.grille_distributeur, distributeur),
        (point.grille_fournisseur, fournisseur),
    ):
        assert [(each.calendrier, each.structure) for each in grilles] == (
            [] if expected is None else [expected]
        )


@pytest.mark.assumed("the catalogue's C5 points are collected, the population isn't")
def test_the_points_of_the_catalogue_are_collected(session: Session) -> None:
    assert described(session, C5).collectes == (PeriodeCollecte(date(2018, 1, 1)),)
    assert described(session, "25884515170669").collectes == ()
    named = {point.prm for point in named_points(session)}
    some = session.query(Point).where(Point.prm.not_in(named), Point.segment == "C5").limit(20)
    assert all(read_mesures_facts(session, point.prm).collectes == () for point in some)


@pytest.mark.assumed("a point that is opposed from the start has been since its commissioning")
def test_an_opposed_point_records_nothing(session: Session) -> None:
    opposed = described(session, "24210000002057")
    assert opposed.oppositions == (Opposition(opposed.mise_en_service),)
    assert described(session, C5).oppositions == ()


@pytest.mark.assumed("a C5 delivered in 230/400 V is on three phases")
def test_a_three_phase_c5_is_known_by_its_voltage(session: Session) -> None:
    assert phases_de(described(session, "24210000002494")) == (1, 2, 3)
    assert phases_de(described(session, C5)) == ()
    assert phases_de(described(session, C4)) == ()


@pytest.mark.assumed("the installation of the client's category")
def test_profile_follows_the_category(session: Session) -> None:
    assert described(session, C5).profil_effectif is ProfilConsommation.RESIDENTIEL
    assert described(session, "24210000002494").profil_effectif is ProfilConsommation.PROFESSIONNEL
    assert described(session, C4).profil_effectif is ProfilConsommation.TERTIAIRE


def test_the_other_direction_is_another_installation(session: Session) -> None:
    drawn = described(session, "24210000002506")
    given = described(session, "24210000002506", "INJECTION")
    assert (drawn.segment, given.segment) == ("C5", "P4")
    assert drawn.graine != given.graine
    assert given.grille_fournisseur == ()
    assert described(session, "24210000002821", "INJECTION").segment == "P4"
    assert described(session, C4, "INJECTION").segment == "P3"


@pytest.mark.documented("GUI 0488: a point never commissioned has no measure")
def test_a_point_without_meter_has_no_measure(session: Session) -> None:
    point = find_point(session, "24210000000692")
    assert point_mesure(point, read_mesures_facts(session, point.prm), "SOUTIRAGE") is None
    assert point_mesure(find_point(session, C5), MesuresFacts(), "SOUTIRAGE") is None


def test_periods_of_collection_that_touch_are_one(session: Session) -> None:
    point = find_point(session, C5)
    un, deux, trois, quatre = (date(2025, mois, 1) for mois in (1, 2, 3, 4))
    compteurs = read_mesures_facts(session, C5).compteurs
    mesures = MesuresFacts(
        collectes=((un, deux), (un, trois), (trois, quatre), (date(2025, 6, 1), None)),
        compteurs=compteurs,
    )
    found = point_mesure(point, mesures, "SOUTIRAGE")
    assert found.collectes == (PeriodeCollecte(un, quatre), PeriodeCollecte(date(2025, 6, 1)))


def test_a_change_holds_at_once_and_a_point_that_did_not_change_is_the_same(
    installed: Database,
) -> None:
    prm = "25884515170669"
    with installed.sessions() as session:
        before = described(session, prm)
        assert described(session, prm) is before
        session.add(Collecte(prm=prm, debut=date(2025, 1, 1)))
        session.flush()
        assert described(session, prm).collectes == (PeriodeCollecte(date(2025, 1, 1)),)
        find_point(session, prm).puissance_souscrite = 12
        assert described(session, prm).puissances[0].valeur == 12
    with installed.sessions() as session:
        assert described(session, prm) is before


def test_every_named_point_can_be_described(session: Session) -> None:
    for point in named_points(session):
        for sens in ("SOUTIRAGE", "INJECTION"):
            found = point_mesure(point, read_mesures_facts(session, point.prm), sens)
            unmetered = point.date_mise_en_service is None or point.type_comptage == "SSCPT"
            assert (found is None) == unmetered


@pytest.mark.documented("FAQ: 42 days at most in a PME-PMI, 21 if it counts injection too")
@pytest.mark.assumed("the same of each meter that can be collected, where it is processed by index")
@pytest.mark.parametrize(
    ("columns", "days"),
    [
        ({"mode_traitement": "CDC"}, None),
        ({"mode_traitement": "INDEX", "type_comptage": "PMEI"}, 42),
        ({"mode_traitement": "INDEX"}, 42),
        ({"mode_traitement": "INDEX", "contrat_injection": True}, 21),
        ({"mode_traitement": "INDEX", "type_comptage": "CJE"}, 0),
    ],
)
def test_what_a_large_meter_keeps_depends_on_what_it_is(
    installed: Database, columns: dict[str, Any], days: int | None
) -> None:
    with installed.sessions() as session:
        point = find_point(session, C4)
        assert (point.type_comptage, point.contrat_injection) == ("SAPHIR", False)
        for name, value in columns.items():
            setattr(point, name, value)
        assert described(session, C4).memoire == days
        assert described(session, C5).memoire is None


@pytest.mark.assumed("which points sell what is left of their production is told nowhere")
def test_a_point_of_both_directions_consumes_first_what_it_produces(session: Session) -> None:
    surplus, vend_tout = "24210000002506", "24210000003407"
    tire, rendu = (described(session, surplus, sens) for sens in ("SOUTIRAGE", "INJECTION"))
    assert (tire.couple.graine, rendu.couple.graine) == (rendu.graine, tire.graine)
    assert tire.couple.couple is None
    assert described(session, vend_tout, "INJECTION").couple is None
    assert described(session, C5).couple is None


@pytest.mark.assumed("the weather of a point is that of its department")
def test_a_point_has_the_weather_of_its_commune_and_loses_measures_where_asked(
    session: Session,
) -> None:
    point = find_point(session, C5)
    mesure = described(session, C5)
    assert mesure.lieu == lieu_de_la_commune(point.code_insee)
    assert not mesure.pertes
    perdant = point_mesure(point, read_mesures_facts(session, C5), "SOUTIRAGE", pertes=True)
    assert perdant.pertes


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
