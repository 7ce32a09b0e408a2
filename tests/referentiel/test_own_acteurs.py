"""Actors of one's own, brought in with the points that they supply."""

import json
from pathlib import Path
from typing import Any

import pytest
from points_kit import examples
from state_kit import named_points

from sge_sim.facts.database import Database
from sge_sim.referentiel.apports.export import export_acteurs, export_points, template
from sge_sim.referentiel.apports.lecture import Faute, Source
from sge_sim.referentiel.apports.sources import sources_in
from sge_sim.referentiel.apports.versement import Bilan, import_points
from sge_sim.tables.acteurs import Acteur, Utilisateur, all_acteurs, find_acteur
from sge_sim.tables.points import find_point

ACTEUR = {
    "acteur": "MONFOURN",
    "nom": "MON FOURNISSEUR",
    "sorte": "fournisseur",
    "logins": "contact@monfourn.example.org",
    "contrats": '[{"contratId":"1900001","dateDebut":"2020-01-01"}]',
    "habilitations": '{"production":["CONSULTATION"]}',
}
POINT = {**examples()[0], "fournisseurTitulaire": "MONFOURN"}


def bring(
    database: Database, *lines: dict[str, Any], **options: Any
) -> tuple[Bilan, list[tuple[int, str]]]:
    """Import these lines; return what it came to, and the line and column of each fault."""
    fautes: list[Faute] = []
    octets = [json.dumps(line).encode() + b"\n" for line in lines]
    bilan = import_points(
        database, [Source("a.jsonl", octets, "jsonl")], report=fautes.append, **options
    )
    return bilan, [(faute.ligne, faute.mot) for faute in fautes]


def test_an_actor_comes_with_its_points_its_login_and_its_contract(database: Database) -> None:
    bilan, fautes = bring(database, ACTEUR, POINT)
    assert (fautes, bilan.importe, bilan.acteurs, bilan.nouveaux) == ([], True, 1, 1)
    with database.sessions() as session:
        acteur = find_acteur(session, "MONFOURN")
        assert [one.login for one in acteur.utilisateurs] == ["contact@monfourn.example.org"]
        (contrat,) = acteur.contrats
        assert (contrat.contrat_id, contrat.type) == ("1900001", "GRD-F")
        assert acteur.is_homologated("consultation", "production")
        assert find_point(session, POINT["prm"]).fournisseur_titulaire == "MONFOURN"
    again, fautes = bring(database, ACTEUR, POINT)
    assert (fautes, again.acteurs, again.nouveaux, again.inchanges) == ([], 0, 0, 2)


def test_an_unknown_supplier_stays_a_fault_with_its_line_unless_it_is_given(
    database: Database,
) -> None:
    bilan, fautes = bring(database, POINT)
    assert (fautes, bilan.importe) == ([(1, "fournisseurTitulaire")], False)
    # A third party supplies nothing, and who comes after its points comes too late.
    assert bring(database, {**ACTEUR, "sorte": "tiers"}, POINT)[1] == [(2, "fournisseurTitulaire")]
    assert bring(database, POINT, ACTEUR)[1] == [(1, "fournisseurTitulaire")]
    with database.sessions() as session:
        assert session.get(Acteur, "MONFOURN") is None


@pytest.mark.parametrize(
    ("changed", "mot"),
    [
        ({"acteur": "MON FOURN"}, "acteur"),
        ({"acteur": ""}, "acteur"),
        ({"nom": ""}, "nom"),
        ({"sorte": "producteur"}, "sorte"),
        ({"logins": "contact"}, "logins"),
        ({"logins": [{"login": "a.b@c.fr", "services": ["RienDeTel"]}]}, "logins"),
        ({"logins": "homologation@tiers1.example.org"}, "logins"),
        ({"contrats": "1900001"}, "contrats"),
        ({"contrats": '[{"contratId":"1900001"}]'}, "contrats"),
        (
            {"contrats": '[{"contratId":"1","dateDebut":"2020-01-02","dateFin":"2020-01-01"}]'},
            "contrats",
        ),
        ({"contrats": '[{"contratId":"1100256","dateDebut":"2020-01-01"}]'}, "contrats"),
        ({"habilitations": '{"production":["Facturation"]}'}, "habilitations"),
        ({"acteur": "FOURN2"}, "nom"),
    ],
)
def test_a_spoilt_actor_is_told_with_its_line_and_column(
    database: Database, changed: dict[str, Any], mot: str
) -> None:
    bilan, fautes = bring(database, ACTEUR | changed)
    assert (fautes, bilan.importe) == ([(1, mot)], False)


def test_nothing_is_left_of_an_import_that_fails_or_tries(database: Database) -> None:
    codes = known(database)
    second = {**ACTEUR, "acteur": "AUTRE"}
    assert bring(database, ACTEUR, second)[1] == [(2, "logins"), (2, "contrats")]
    assert bring(database, ACTEUR, ACTEUR)[1] == [(2, "acteur")]
    bilan, fautes = bring(database, ACTEUR, POINT, essai=True)
    assert (fautes, bilan.acteurs, bilan.importe) == ([], 1, False)
    assert known(database) == codes
    with database.sessions() as session:
        assert session.query(Acteur).count() == len(codes)


def known(database: Database) -> list[str]:
    with database.sessions() as session:
        assert session.get(Utilisateur, ACTEUR["logins"]) is None
        return [one.code for one in all_acteurs(session)]


def test_nobody_sees_an_actor_before_its_points(database: Database) -> None:
    """Points are written in slices: the actor is there for them alone."""
    seen: list[str] = []

    def look(_: int) -> None:
        seen.extend(known(database) if not seen else ())

    lines = [json.dumps(line).encode() + b"\n" for line in (ACTEUR, POINT)]
    import_points(database, [Source("a", lines)], report=pytest.fail, progress=look)
    assert seen
    assert "MONFOURN" not in seen


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_what_is_exported_and_the_template_import_as_they_are(
    database: Database, format_: Any, tmp_path: Path
) -> None:
    whole = "".join(export_acteurs(database, format_))
    assert "sans.droit@tiers1.example.org" in whole
    with database.sessions() as session:
        count = len(all_acteurs(session))
    bilan = import_points(database, [Source("a", [whole.encode()])], report=pytest.fail)
    assert (bilan.acteurs, bilan.inchanges) == (0, count)
    # In a folder, actors come before points and points before measures, whatever their names.
    (tmp_path / f"z.{format_}").write_text(template(format_, "acteurs"))
    (tmp_path / "a.jsonl").write_text(json.dumps(POINT))
    bilan = import_points(database, sources_in(tmp_path), report=pytest.fail)
    assert (bilan.acteurs, bilan.nouveaux) == (2, 1)
    assert "MONTIERS" in "".join(export_acteurs(database, format_))


def test_an_anonymous_actor_keeps_its_code_and_its_contracts(database: Database) -> None:
    bilan, fautes = bring(database, ACTEUR, POINT, anonymise=True)
    assert (fautes, bilan.importe) == ([], True)
    with database.sessions() as session:
        acteur = find_acteur(session, "MONFOURN")
        assert acteur.nom != ACTEUR["nom"]
        (utilisateur,) = acteur.utilisateurs
        assert utilisateur.login != ACTEUR["logins"]
        assert [one.contrat_id for one in acteur.contrats] == ["1900001"]


@pytest.mark.parametrize("format_", ["csv", "jsonl"])
def test_the_data_set_is_written_in_the_form_of_own_points(
    database: Database, format_: Any
) -> None:
    """All of it holds the rules of that form, and comes back as it is."""
    whole = "".join(export_points(database, format_, own=False))
    with database.sessions() as session:
        count = len(named_points(session))
    fautes: list[Faute] = []
    source = Source("a", [whole.encode()], format_)
    bilan = import_points(database, [source], report=fautes.append)
    assert fautes == []
    assert (bilan.lues, bilan.inchanges, bilan.nouveaux) == (count, count, 0)
