"""Which points agree with the criteria of RecherchePoint."""

from datetime import date
from typing import Any

import pytest
from state_kit import ROMIGUIERES, AddPoint, statements_of

from sge_sim.domaine.nomenclatures import ETATS_HORS_SERVICE
from sge_sim.facts.database import Database
from sge_sim.tables import search
from sge_sim.tables.search import Criteres, search_points

AIX = {"code_postal": "13100", "code_insee": "13001"}
LARGE_COMPANY = {"domaine_tension": "HTA", "categorie_client_final": "PRO"}


def found(database: Database, limit: int = 200, **arguments: Any) -> list[str]:
    perimeter = {name: arguments.pop(name) for name in ("etats", "titulaire") if name in arguments}
    with database.sessions() as session:
        points = search_points(session, Criteres(**arguments), limit=limit, **perimeter)
        return [point.prm for point in points]


@pytest.mark.assumed("criteria are joined: GUI 0427 doesn't say so")
def test_a_point_agrees_with_every_criterion(database: Database, add_point: AddPoint) -> None:
    wanted = add_point(domaine_tension="HTA", categorie_client_final="PRO")
    add_point(domaine_tension="HTA", categorie_client_final="RES")
    add_point(domaine_tension="BTSUP", categorie_client_final="PRO")
    add_point(domaine_tension="HTA", categorie_client_final="PRO", **AIX, commune="AIX")
    assert found(database, **ROMIGUIERES, domaine_tension="HTA", categorie_client_final="PRO") == [
        wanted
    ]


@pytest.mark.assumed("address lines are equal once normalised")
@pytest.mark.parametrize(
    ("line", "stored", "asked"),
    [
        ("numero_et_nom_voie", "1 RUE DE LA MER", "1 rue de la  mer"),
        ("escalier_etage_appartement", "ETAGE 3 APPT 12", "étage 3, appt 12"),
        ("batiment", "RESIDENCE DE L ETOILE", "Résidence de l'Étoile"),
        ("lieu_dit", "LE GRAND PRE", "Le Grand-Pré"),
    ],
)
def test_an_address_line_is_found_whatever_its_case_accents_and_punctuation(
    database: Database, add_point: AddPoint, line: str, stored: str, asked: str
) -> None:
    wanted = add_point(**{line: stored})
    add_point(**{line: f"{stored} BIS"})
    add_point()
    assert found(database, **ROMIGUIERES, **{line: asked}) == [wanted]


@pytest.mark.documented("GUI 0427")
def test_a_name_is_found_by_any_part_of_it_whatever_the_case(
    database: Database, add_point: AddPoint
) -> None:
    wanted = add_point(nom_client_final="BOULANGERIE TESTUT")
    add_point(nom_client_final="GARAGE MARTIN")
    add_point(nom_client_final=None)
    assert found(database, **ROMIGUIERES, nom_client_final="tes") == [wanted]


@pytest.mark.assumed("criteria are joined: GUI 0427 doesn't say so")
@pytest.mark.parametrize(
    "other",
    [
        LARGE_COMPANY,
        {"numero_et_nom_voie": "1 RUE DE LA MER"},
        {"lieu_dit": "LE PORT"},
        {"siret": "00012345600018"},
        {"matricule_ou_numero_serie": "7"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_a_part_of_a_name_is_joined_with_any_other_criterion(
    database: Database, add_point: AddPoint, other: dict[str, str]
) -> None:
    columns: dict[str, Any] = dict(other)
    if (number := columns.pop("matricule_ou_numero_serie", None)) is not None:
        columns["compteurs"] = ({"matricule": number},)
    wanted = add_point(nom_client_final="BOULANGERIE TESTUT", **columns)
    add_point(nom_client_final="GARAGE MARTIN", **columns)
    add_point(nom_client_final="BOULANGERIE TESTUT")
    add_point(nom_client_final="BOULANGERIE TESTUT", **columns, **AIX, commune="AIX")
    assert found(database, **ROMIGUIERES, **other, nom_client_final="tes") == [wanted]


@pytest.mark.assumed("accents of names are folded")
def test_a_name_is_found_whatever_its_accents(database: Database, add_point: AddPoint) -> None:
    wanted = add_point(nom_client_final="Léa Müller-Œuvray")
    assert found(database, **ROMIGUIERES, nom_client_final="MULLER OEUV") == [wanted]


@pytest.mark.parametrize("name", ["%", "_", "***", "' OR 1=1 --%"])
def test_a_name_without_letters_finds_nothing_rather_than_everything(
    database: Database, add_point: AddPoint, name: str
) -> None:
    add_point(nom_client_final="GARAGE MARTIN")
    assert found(database, **ROMIGUIERES, nom_client_final=name) == []


def test_a_changed_name_is_found_under_the_new_one_only(
    database: Database, add_point: AddPoint
) -> None:
    prm = add_point(nom_client_final="MARTIN PAUL")
    with database.transaction() as session:
        (point,) = search_points(session, Criteres(**ROMIGUIERES), limit=1)
        point.nom_client_final = "DURAND ALICE"
    assert found(database, **ROMIGUIERES, nom_client_final="MARTIN") == []
    assert found(database, **ROMIGUIERES, nom_client_final="DURAND") == [prm]


@pytest.mark.documented("GUI 0427")
def test_a_siret_finds_its_points_in_every_commune(database: Database, add_point: AddPoint) -> None:
    wanted = [
        add_point(siret="00012345600018"),
        add_point(siret="00012345600018", **AIX, commune="AIX EN PROVENCE"),
    ]
    add_point(siret="00099999900017")
    assert found(database, siret="00012345600018") == wanted


@pytest.mark.documented("GUI 0427")
def test_a_meter_is_found_by_its_matricule_or_its_serial_number(
    database: Database, add_point: AddPoint
) -> None:
    linky = add_point(compteurs=({"matricule": "021861000001"},))
    saphir = add_point(compteurs=({"matricule": "9", "numero_serie": "041876000002"},))
    assert found(database, **ROMIGUIERES, matricule_ou_numero_serie="021861000001") == [linky]
    assert found(database, **ROMIGUIERES, matricule_ou_numero_serie="041876000002") == [saphir]
    assert found(database, **AIX, matricule_ou_numero_serie="021861000001") == []


@pytest.mark.assumed("a meter that was taken away no longer leads to the point")
def test_a_removed_meter_leads_to_no_point(database: Database, add_point: AddPoint) -> None:
    add_point(compteurs=({"matricule": "1", "date_depose": date(2017, 5, 2)},))
    assert found(database, **ROMIGUIERES, matricule_ou_numero_serie="1") == []


@pytest.mark.documented("GUI 0427")
def test_a_perimeter_is_states_and_the_points_of_one_supplier(
    database: Database, add_point: AddPoint
) -> None:
    add_point(fournisseur_titulaire="FOURN2")
    own = add_point(fournisseur_titulaire="FOURN1")
    add_point(etat_contractuel="ECRES")
    hors_service = [
        add_point(etat_contractuel=etat) for etat in ("RESIL", "ECRAC", "IMPRO", "INACCE")
    ]
    assert found(database, **ROMIGUIERES, etats=ETATS_HORS_SERVICE) == hors_service
    assert found(database, **ROMIGUIERES, etats=ETATS_HORS_SERVICE, titulaire="FOURN1") == [
        own,
        *hors_service,
    ]


@pytest.mark.documented("GUI 0427")
def test_the_points_of_a_name_are_all_looked_at_some_hundreds_at_once(
    database: Database, add_point: AddPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_AT_ONCE", 2)
    named = [add_point(nom_client_final="MARTIN") for _ in range(5)]
    last = add_point(nom_client_final="MARTIN", domaine_tension="HTA")
    asked = {**ROMIGUIERES, "nom_client_final": "martin"}
    assert found(database, **asked) == [*named, last]
    assert found(database, **asked, domaine_tension="HTA") == [last]
    assert [len(found(database, limit=limit, **asked)) for limit in (6, 5, 4, 1)] == [6, 6, 5, 2]


@pytest.mark.assumed("no source says in which order points come")
def test_points_come_by_prm(database: Database, add_point: AddPoint) -> None:
    for prm in ("3", "1", "2"):
        add_point(prm=prm * 14)
    assert found(database, **ROMIGUIERES) == ["1" * 14, "2" * 14, "3" * 14]


def test_one_point_more_than_the_limit_says_that_there_are_too_many(
    database: Database, add_point: AddPoint
) -> None:
    for _ in range(5):
        add_point()
    assert len(found(database, limit=5, **ROMIGUIERES)) == 5
    assert len(found(database, limit=4, **ROMIGUIERES)) == 5
    assert len(found(database, limit=2, **ROMIGUIERES)) == 3


@pytest.mark.parametrize(
    ("criteria", "index"),
    [
        ({**ROMIGUIERES, "numero_et_nom_voie": "1 RUE DE LA MER"}, "ix_point_voie"),
        ({**ROMIGUIERES, "domaine_tension": "HTA"}, "ix_point_criteres"),
        ({**ROMIGUIERES, "categorie_client_final": "PRO"}, "ix_point_criteres"),
        ({**ROMIGUIERES, "nom_client_final": "TEST"}, "ix_point_nom_commune"),
        ({**ROMIGUIERES, "nom_client_final": "T", **LARGE_COMPANY}, "ix_point_nom_commune"),
        ({**ROMIGUIERES, "nom_client_final": "T", "numero_et_nom_voie": "A"}, "ix_point_voie"),
        ({"siret": "00012345600018", "nom_client_final": "T"}, "ix_point_siret"),
        ({**ROMIGUIERES, "matricule_ou_numero_serie": "1"}, "pk_point"),
        ({"siret": "00012345600018"}, "ix_point_siret"),
    ],
)
def test_no_allowed_search_reads_every_point(
    database: Database, add_point: AddPoint, criteria: dict[str, Any], index: str
) -> None:
    add_point(compteurs=({"matricule": "1"},))
    with statements_of(database) as statements:
        found(database, **criteria, etats=ETATS_HORS_SERVICE, titulaire="FOURN1")
    plan: list[str] = []
    with database.reading() as connection:
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plan += [row.detail for row in rows]
    # What was found in the index of names is gone through as it is found.
    assert not [step for step in plan if step.startswith("SCAN") and step != "SCAN found"]
    # SQLite names the index of a primary key by itself.
    name = "sqlite_autoindex_point_1" if index == "pk_point" else index
    assert [step for step in plan if f"INDEX {name} " in step]
