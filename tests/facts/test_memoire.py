"""Facts are kept for as long as nobody commits, and never longer."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from state_kit import AddPoint, faits_within, grant_acces

from sge_sim.domaine.nomenclatures import Sens
from sge_sim.facts.database import Database, sqlite_url
from sge_sim.facts.editions import SqliteEditions
from sge_sim.facts.lecture import questions
from sge_sim.facts.memoire import Memoire
from sge_sim.journal import Journal
from sge_sim.schema.data_folder import prepare
from sge_sim.schema.snapshot import restore_snapshot, take_snapshot
from sge_sim.tables.acces import remove_acces
from sge_sim.tables.acteurs import Contrat
from sge_sim.tables.commandes import ServiceSouscrit
from sge_sim.tables.mesures import Collecte, add_trou
from sge_sim.tables.point_facts import CompteurFacts, Dossier, PointFacts, ServiceFacts
from sge_sim.tables.points import SEARCH_COLUMNS, Compteur, Point

DAY = date(2025, 3, 8)
END = date(2025, 4, 8)
NOT_READ = {
    Point: {*SEARCH_COLUMNS.values()},
    Compteur: {"id", "prm"},
    ServiceSouscrit: {"echeance", "consentement_id", "announced_at"},
}


def dossier_of(database: Database, prm: str) -> Dossier:
    return database.memoire.look().lire(prm=prm).dossier


def change(database: Database, prm: str, **columns: Any) -> None:
    with database.transaction() as session:
        point = session.get_one(Point, prm)
        for name, value in columns.items():
            setattr(point, name, value)


@pytest.mark.parametrize(
    ("fiche", "table"),
    [(PointFacts, Point), (CompteurFacts, Compteur), (ServiceFacts, ServiceSouscrit)],
)
def test_a_fiche_has_all_that_a_row_says(fiche: Any, table: Any) -> None:
    said = {one.name for one in table.__table__.columns} - NOT_READ[table]
    read = {each.name for each in fields(fiche) if each.init}
    assert read - {"compteurs", "options"} == said


def test_facts_never_change(database: Database, add_point: AddPoint) -> None:
    point = dossier_of(database, add_point()).point
    with pytest.raises(FrozenInstanceError):
        point.segment = "C1"
    assert not hasattr(point, "__dict__")


def test_a_dossier_says_what_the_rows_say(database: Database, add_point: AddPoint) -> None:
    prm = add_point(
        ({"matricule": "OLD", "date_pose": DAY, "date_depose": DAY}, {"matricule": "NEW"}),
        denivele_puissances={"HPH": 42},
        date_mise_en_service=DAY,
    )
    with database.transaction() as session:
        session.add(Collecte(prm=prm, debut=DAY))
        add_trou(session, prm, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC))
        contrat = Contrat(contrat_id="1", acteur_code="FOURN1", type="GRD-F", date_debut=DAY)
        session.add(contrat)
        session.flush()
        grant_acces(session, prm, "COURBE", "SOUTIRAGE", contrat, DAY, END)
        within = faits_within(session, prm=prm).dossier
    found = dossier_of(database, prm)
    assert found.says_as(within)
    with database.sessions() as session:
        row = session.get_one(Point, prm)
        for each in fields(PointFacts):
            if each.name != "compteurs":
                assert getattr(found.point, each.name) == getattr(row, each.name), each.name
    assert [one.matricule for one in found.point.compteurs] == ["OLD", "NEW"]
    assert found.mesures.collectes == ((DAY, None),)


@pytest.mark.documented("GUI 0497 v1.5.0, GUI 0498: a type, a direction, the whole period")
def test_an_access_service_holds_for_its_type_its_direction_its_actor_and_its_days(
    database: Database, add_point: AddPoint
) -> None:
    prm = add_point()
    with database.transaction() as session:
        contrat = Contrat(contrat_id="2", acteur_code="FOURN1", type="GRD-F", date_debut=DAY)
        session.add(contrat)
        session.flush()
        grant_acces(session, prm, "COURBE", "SOUTIRAGE", contrat, DAY, END)
    found = dossier_of(database, prm)

    def allowed(
        type: str = "COURBE",
        sens: Sens = "SOUTIRAGE",
        acteur: str = "FOURN1",
        debut: date = DAY,
        fin: date = END,
        jour: date = DAY,
    ) -> bool:
        return found.has_acces(type, (sens,), acteur_code=acteur, debut=debut, fin=fin, jour=jour)

    assert allowed()
    assert not allowed(type="PMAX")
    assert not allowed(sens="INJECTION")
    assert not allowed(acteur="FOURN2")
    assert not allowed(debut=DAY - timedelta(1))
    assert not allowed(fin=END + timedelta(1))
    assert not allowed(jour=END)
    with database.transaction() as session:
        remove_acces(session, prm, ["COURBE"])
    assert dossier_of(database, prm).acces == ()


def test_what_is_kept_is_given_without_reading(
    database: Database, add_point: AddPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    prm = add_point()
    first = dossier_of(database, prm)
    monkeypatch.setattr("sge_sim.facts.editions.read_at_once", None)
    assert dossier_of(database, prm) is first


def test_a_dossier_that_did_not_change_stays_itself(
    database: Database, add_point: AddPoint
) -> None:
    prm, other = add_point(), add_point()
    before = dossier_of(database, prm)
    change(database, other, segment="P4")
    assert dossier_of(database, prm) is before
    change(database, prm, segment="P4")
    assert dossier_of(database, prm).point == replace(before.point, segment="P4")


def by_the_process(database: Database, prm: str) -> None:
    change(database, prm, nom_client_final="OTHER")


def by_another_process(database: Database, prm: str) -> None:
    script = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1])\n"
        "connection.execute(\"UPDATE point SET nom_client_final = 'OTHER'\")\n"
        "connection.commit()\n"
    )
    subprocess.run([sys.executable, "-c", script, str(database.engine.url.database)], check=True)


@pytest.mark.parametrize("write", [by_the_process, by_another_process])
def test_whoever_commits_is_seen_by_the_next_look(
    database: Database, add_point: AddPoint, write: Callable[[Database, str], None]
) -> None:
    prm = add_point(nom_client_final="ROCHE")
    assert dossier_of(database, prm).point.nom_client_final == "ROCHE"
    write(database, prm)
    assert dossier_of(database, prm).point.nom_client_final == "OTHER"


def test_a_state_that_is_restored_is_seen(
    database: Database, add_point: AddPoint, tmp_path: Path
) -> None:
    prm = add_point(nom_client_final="ROCHE")
    journal = Journal.beside(database, tmp_path)
    journal.prepare()
    take_snapshot(database, journal, tmp_path)
    change(database, prm, nom_client_final="OTHER")
    assert dossier_of(database, prm).point.nom_client_final == "OTHER"
    restore_snapshot(database, journal, tmp_path)
    journal.close()
    assert dossier_of(database, prm).point.nom_client_final == "ROCHE"


def test_what_is_read_together_is_of_one_state(database: Database, add_point: AddPoint) -> None:
    """One of the two is kept and would do, had nobody committed since the look."""
    one, two = add_point(nom_client_final="A"), add_point(nom_client_final="A")
    dossier_of(database, one)
    vue = database.memoire.look()
    for prm in (one, two):
        change(database, prm, nom_client_final="B")
    asked = [questions(prm=prm)["dossier"] for prm in (two, one)]
    read = database.memoire.answers(vue.edition, asked)
    assert [dossier.point.nom_client_final for dossier in read] == ["B", "B"]


def test_nothing_kept_is_taken_for_what_another_connection_sees(
    database: Database, add_point: AddPoint
) -> None:
    """A number of SQLite means something on its connection only, which may be opened anew."""
    prm = add_point(nom_client_final="ROCHE")
    assert dossier_of(database, prm).point.nom_client_final == "ROCHE"
    database.dispose()
    by_another_process(database, prm)
    assert dossier_of(database, prm).point.nom_client_final == "OTHER"


def test_no_more_is_kept_than_said(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "sge-sim.db"))
    prepare(database)
    editions = SqliteEditions(database.engine)
    memoire = Memoire(editions, kept=4)
    for number in range(10):
        assert memoire.look().lire(prm=f"{number:014d}").dossier is None
    assert 2 <= len(memoire.young) + len(memoire._old) <= 4
    editions.close()
    database.dispose()


def test_threads_that_ask_at_once_share_what_one_of_them_reads(
    database: Database, add_point: AddPoint
) -> None:
    prm, ready, found = add_point(), Barrier(16), []

    def read() -> None:
        ready.wait()
        found.append(dossier_of(database, prm))

    threads = [Thread(target=read) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 16
    assert len({id(dossier) for dossier in found}) == 1


def test_threads_that_read_while_others_write_never_go_back(
    database: Database, add_point: AddPoint
) -> None:
    prm = add_point(graine=0)
    ready, seen = Barrier(5), []

    def read() -> None:
        ready.wait()
        mine = [dossier_of(database, prm).point.graine for _ in range(300)]
        seen.append(mine)

    def write() -> None:
        ready.wait()
        for number in range(1, 60):
            change(database, prm, graine=number)
            # Whoever has committed finds it at once.
            assert dossier_of(database, prm).point.graine == number

    threads = [Thread(target=read) for _ in range(4)]
    for each in threads:
        each.start()
    write()
    for each in threads:
        each.join()
    assert len(seen) == 4
    assert all(mine == sorted(mine) for mine in seen)
    assert dossier_of(database, prm).point.graine == 59


def test_a_refusal_of_the_database_is_that_of_sqlalchemy(
    database: Database, add_point: AddPoint
) -> None:
    prm = add_point()
    with database.transaction() as session:
        session.execute(text("ALTER TABLE collecte RENAME TO elsewhere"))
    with pytest.raises(OperationalError):
        database.memoire.look().lire(prm=prm)
