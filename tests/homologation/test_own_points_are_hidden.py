"""Reports, evidence, kit and logs hide an actor's own points, unless `--donnees-reelles`."""

import base64
import html
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import pytest
import requests
from made_states import copy_state
from points_kit import examples, json_lines
from running_simulator import RunningSimulator, start_simulator

from sge_sim.facts.database import Database, sqlite_url
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import Constat, Execution, Rapport, read_rapport
from sge_sim.homologation.reports.writing import without_personal, write_reports
from sge_sim.machine.documents import zip_members
from sge_sim.referentiel.apports.anonymat import personal_words
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
    write_reports(rapport(), tmp_path / "rapport", partial(personal_words, database))
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
    assert without_personal(rapport(), partial(personal_words, database)) == rapport()
    database.dispose()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator with a point of one's own, which was called, set, and could not be read."""
    folder: Path = tmp_path_factory.mktemp("discret")
    with start_simulator(folder, "--population-size", "0") as running:
        points = folder / "points.jsonl"
        points.write_text(json.dumps(OWN))
        assert running.command("points", "import", str(points)).returncode == 0
        spoilt = folder / "faux.jsonl"
        spoilt.write_text(json.dumps({**OWN, "puissanceSouscrite": "9000"}))
        assert running.command("points", "import", str(spoilt)).returncode == 2
        client = SgeClient(cible_of(running.ready))
        call(client)
        admin = running.ready["admin_url"]
        prm = OWN["prm"]
        for table in ("point", "compteur", "ancien_etat"):
            running.execute(f"ALTER TABLE {table} RENAME TO {table}_ailleurs")
            with suppress(Exception):
                call(client)
            for path in (f"/api/points/{prm}", f"/points/{prm}", f"/points?q={OWN['numSiret']}"):
                requests.get(admin + path, timeout=30)
            requests.post(f"{admin}/api/points/{prm}", json={"collecte": "aucun"}, timeout=30)
            with points.open("rb") as sent:
                headers = {"Content-Type": "application/x-ndjson"}
                requests.post(f"{admin}/api/points", data=sent, headers=headers, timeout=30)
            running.execute(f"ALTER TABLE {table}_ailleurs RENAME TO {table}")
        call(client)
        yield running


def call(client: SgeClient) -> Any:
    return client.call(
        "ConsultationDonneesTechniquesContractuelles",
        "1.0",
        {
            "pointId": OWN["prm"],
            "loginUtilisateur": client.cible.login,
            "autorisationClient": True,
        },
    )


def found_in(content: bytes) -> list[bytes]:
    return [form for text in PERSONAL for form in spellings(text) if form in content]


@pytest.mark.assumed("own points are personal")
def test_what_a_simulator_says_names_nobody(running: RunningSimulator) -> None:
    log = (running.data_dir / "log.txt").read_bytes()
    assert b"no such table" in log
    assert found_in(log) == []


@pytest.mark.assumed("own points are personal")
def test_a_kit_holds_nobody(running: RunningSimulator, tmp_path: Path) -> None:
    kit = tmp_path / "kit.zip"
    assert running.command("kit", str(kit)).returncode == 0
    members = list(contents(kit))
    assert len(members) > 20
    assert any(PUBLIC.encode() in member for member in members), "its examples have a point"
    for member in members:
        assert found_in(member) == []
