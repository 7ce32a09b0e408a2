"""Reports and evidence show nobody of an actor's own points, unless `--donnees-reelles`."""

import base64
import html
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from made_states import copy_state
from points_kit import examples, json_lines

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.homologation.campaign.evaluation import Constat
from sge_sim.homologation.reports.rapport import Execution, Rapport, Statut, read_rapport
from sge_sim.homologation.reports.writing import without_personal, write_reports
from sge_sim.machine.documents import zip_members
from sge_sim.referentiel.apports.anonymat import personal_of
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.versement import import_points

PUBLIC = "25946599093143"
"""A point of the data set, which is nobody's."""
OWN = {
    **examples()[1],
    "numeroEtNomVoie": "7 RUE ZARATHOUSTRA",
    "batiment": "BATIMENT QUASIMODO",
    "nomClientFinalOuDenominationSociale": "Zébulon d'Artagnan & Cie",
}
PERSONAL = [
    OWN[word]
    for word in (
        "prm",
        "numSiret",
        "numeroEtNomVoie",
        "batiment",
        "nomClientFinalOuDenominationSociale",
    )
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    copy_state(tmp_path / "state", {"population_size": 0})
    database = Database(sqlite_url(tmp_path / "state" / "sge-sim.db"))
    source = Source("points.jsonl", json_lines(iter([OWN])))
    import_points(database, [source], report=pytest.fail)
    yield database
    database.dispose()


def rapport() -> Rapport:
    """A report of cases that were called on an own point and on one of the data set."""
    prm, siret, voie, batiment, nom = PERSONAL
    answer = (
        f"<a:point id='{prm}'><nom>{html.escape(nom, quote=False)}</nom><voie>{voie}</voie>"
        f"<batiment>{batiment}</batiment><numSiret>{siret}</numSiret></a:point>"
    )
    execution = Execution(
        cle="ADP-R1@C4",
        id="ADP-R1",
        package="consultation",
        service="RecherchePoint",
        version="2.0",
        titre="Recherche",
        attendu="un point",
        statut=Statut.ECHOUE,
        suivi={
            "PRM": f"{prm} et {PUBLIC}",
            "Date & heure du test": "",
            "Etat": "",
            "Remarques": "",
        },
        constats=(Constat(f"le point {prm}", False, f"« {nom} » au {voie}"),),
        instant=datetime(2026, 7, 1, 10, tzinfo=UTC),
        requete=f"<r><nom>{nom.upper().replace('&', '&amp;')}</nom><pointId>{PUBLIC}</pointId></r>",
        reponse=answer,
    )
    by_name = replace(
        execution,
        cle="DC-1",
        requete=f"GET /v5/x?usage_point_id={prm}&name={quote(nom)}",
        reponse=json.dumps({"customer": {"name": nom, "street": voie.lower()}}),
    )
    moment = datetime(2026, 7, 1, 11, tzinfo=UTC)
    return Rapport(
        release="sge-26.1",
        origine="exécutée",
        cible="https://localhost",
        acteur="a@b.fr",
        simulateur=True,
        debut=moment,
        fin=moment,
        partielle=True,
        verdicts=(),
        executions=(execution, by_name),
    )


def spellings(text: str) -> Iterator[bytes]:
    """How a text may be found: as it is, re-encoded, escaped, in base64 at any of its offsets."""
    forms = {
        text,
        text.upper(),
        text.lower(),
        html.escape(text),
        quote(text),
        json.dumps(text)[1:-1],
    }
    for form in forms:
        for encoded in (form.encode(), form.encode("latin-1"), form.encode("utf-16-le")):
            yield encoded
            for shift in range(3):
                inner = base64.b64encode(b"\0" * shift + encoded)
                yield inner[4 if shift else 0 : -4]


def contents(path: Path) -> Iterator[bytes]:
    """What a file holds, and each member of one that is a zip."""
    content = path.read_bytes()
    yield content
    if content[:2] == b"PK":
        for info, read in zip_members(content):
            member = read()
            yield member
            if info.filename.endswith(".xlsx"):
                yield from (read() for _, read in zip_members(member))


@pytest.mark.assumed
def test_nobody_is_found_in_any_form_of_a_report(database: Database, tmp_path: Path) -> None:
    write_reports(rapport(), tmp_path / "rapport", personal_of(database))
    sought = [form for text in PERSONAL for form in spellings(text)]
    files = [path for path in (tmp_path / "rapport").rglob("*") if path.is_file()]
    assert len(files) >= 5
    for path in files:
        for content in contents(path):
            assert [form for form in sought if form in content] == [], path
    shown = read_rapport(tmp_path / "rapport")
    assert PUBLIC in shown.executions[0].requete
    assert shown.executions[0].suivi["PRM"] == f"•••••••••••{OWN['prm'][-3:]} et {PUBLIC}"
    assert replace(shown, executions=()) == replace(rapport(), executions=())


def test_the_evidence_holds_real_data_where_they_are_asked_for(tmp_path: Path) -> None:
    written = write_reports(rapport(), tmp_path)
    with ZipFile(BytesIO(written.preuves.read_bytes())) as evidence:
        assert OWN["prm"] in evidence.read("echanges/ADP-R1@C4-reponse.xml").decode()


def test_a_report_of_the_points_of_the_data_set_stays_as_it_is(tmp_path: Path) -> None:
    copy_state(tmp_path, {"population_size": 0})
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    assert without_personal(rapport(), personal_of(database)) == rapport()
    database.dispose()
