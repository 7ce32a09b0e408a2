"""Contractual events that files bring: the affaires that they open, and what is refused."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from points_kit import examples

from sge_sim.clock import legal_date
from sge_sim.commandes.annee import declare_line
from sge_sim.commandes.perimetre import declare_contrat
from sge_sim.facts.database import Database
from sge_sim.facts.stored_clock import instant_within
from sge_sim.referentiel.apports.lecture import Bilan, Faute, Source, sentence_of_import
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.tables.perimetre import affaires_of_point
from sge_sim.tables.points import find_point

POINT = examples()[0]
PRM = POINT["prm"]
EIC = "17X000000000001A"


@pytest.fixture
def today(database: Database) -> date:
    with database.transaction() as session:
        now = legal_date(instant_within(session))
        declare_contrat(session, "FOURN1", "GRD-F001", EIC, EIC, now - timedelta(100))
    return now


def bring(database: Database, *lines: dict[str, Any], **options: Any) -> tuple[Bilan, list[str]]:
    fautes: list[Faute] = []
    octets = [json.dumps(line).encode() + b"\n" for line in lines]
    source, options = Source("e.jsonl", octets, "jsonl"), {"declare": declare_line, **options}
    return import_points(database, [source], report=fautes.append, **options), [*map(str, fautes)]


def affaires(database: Database) -> list[tuple[str, Any, date]]:
    with database.sessions() as session:
        return [(e.nature, e.valeurs, e.jour) for e in affaires_of_point(session, PRM)]


def event(jour: date, nature: str = "MCT", **champs: Any) -> dict[str, Any]:
    return {"prm": PRM, "jour": str(jour), "nature": nature, **champs}


def test_lines_open_the_affaires_of_a_point_of_the_same_file(
    database: Database, today: date
) -> None:
    power = event(today + timedelta(5), puissance="9")
    bilan, fautes = bring(database, POINT, power, essai=True)
    assert (bilan.importe, fautes, affaires(database)) == (False, [], [])
    bilan, fautes = bring(database, POINT, power)
    assert (bilan, fautes) == (Bilan(2, 1, importe=True, evenements=1), [])
    assert sentence_of_import(bilan) == "1 point importé, 0 déjà là, 1 événement."
    assert affaires(database) == [
        ("MCT", {"puissance_souscrite": 9}, today + timedelta(5)),
    ]


def test_a_csv_names_the_columns_of_events(database: Database, today: date) -> None:
    bring(database, POINT)
    text = (
        f"prm;nature;jour;titulaire;fta;puissance\n{PRM};MES;{today + timedelta(3)};X;BTINFMUDT;\n"
    )
    bilan = import_points(
        database, [Source("e.csv", [text.encode()])], report=pytest.fail, declare=declare_line
    )
    assert bilan.evenements == 1
    ((nature, valeurs, _),) = affaires(database)
    assert (nature, valeurs) == ("MES", {"nom_client_final": "X", "fta": "BTINFMUDT"})


def test_what_is_not_admissible_is_refused_with_its_line(database: Database, today: date) -> None:
    bring(database, POINT)
    good, soon = event(today + timedelta(4), puissance=9), today + timedelta(4)
    wrong = {
        "est hors du délai d'une demande MCT": event(today + timedelta(43), puissance=9),
        "est déjà au fournisseur FOURN1": event(soon, "CFNE", fournisseur="FOURN1"),
        "15 kVA ne va pas au point": event(soon, puissance=15),
        "n'est pas une nature : PMES": event(soon, "XYZ"),
        "n'est pas un jour": event(soon, puissance=9) | {"jour": "demain"},
        "n'est pas un entier positif": event(soon, puissance="neuf"),
        "n'existe pas": event(soon, puissance=9) | {"prm": "25900000000571"},
        "jour : à donner": {"prm": PRM, "nature": "RES"},
    }
    bilan, fautes = bring(database, *wrong.values(), good)
    assert (bilan.importe, bilan.fautes, affaires(database)) == (False, len(wrong), [])
    for line, (said, faute) in enumerate(zip(wrong, fautes, strict=True), start=1):
        assert faute.startswith(f"e.jsonl, ligne {line} : ")
        assert said in faute
    assert len(bring(database, *wrong.values(), good, essai=True)[1]) == len(wrong)
    bilan, fautes = bring(database, *wrong.values(), good, sauf_erreurs=True)
    assert (bilan.importe, bilan.evenements, len(fautes)) == (True, 1, len(wrong))
    assert len(affaires(database)) == 1


def test_a_point_stays_out_with_its_event(database: Database, today: date) -> None:
    """Nothing is imported where something is wrong."""
    _, (faute,) = bring(database, POINT, event(today + timedelta(90), "RES"))
    assert "ligne 2" in faute
    with database.sessions() as session:
        assert find_point(session, PRM) is None
