"""The whole simulator on PostgreSQL, with two processes for the web services."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dataconnect_kit import Client
from homologating import against, homologate
from made_states import opened
from orders_kit import C5, NOW, Orders
from points_kit import csv_lines, made_points
from postgresql_kit import new_database
from running_simulator import RunningSimulator, start_simulator
from sqlalchemy import make_url, text

from sge_sim.facts.database import Database
from sge_sim.referentiel.apports import versement
from sge_sim.referentiel.apports.lecture import Source
from sge_sim.referentiel.apports.retrait import remove_own_points
from sge_sim.referentiel.apports.versement import import_points
from sge_sim.tables.acteurs import Certificat, registered_certificats

pytestmark = pytest.mark.postgresql


@pytest.fixture(scope="module")
def running(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningSimulator]:
    """A simulator that emits its files, in August 2025."""
    options = ("--population-size", "1200", "--environment", "production", "--workers", "2")
    data_connect = ("--data-connect", "--data-connect-port", "0", "--no-quotas")
    folder, known = tmp_path_factory.mktemp("postgresql"), ("--database-url", database_url)
    with start_simulator(folder, *known, "--now", NOW, *options, *data_connect) as simulator:
        yield simulator


def test_a_large_import_leaves_no_plan_of_small_tables(
    database_url: str, running: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that goes through a table is kept until the server has counted its rows."""
    monkeypatch.setattr(versement, "_FIRST_SETTLED", 100)
    source = Source("points.csv", csv_lines(made_points(1000)))
    with opened(database_url) as database:
        assert import_points(database, [source], report=pytest.fail).nouveaux == 1000
        with database.sessions() as session:
            counted = text("SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'point'")
            # As it grew (100, 400), and at the end.
            assert session.scalar(counted) >= 3
        assert remove_own_points(database, None) == 1000


def test_fifty_identical_orders_at_once_give_one_service(running: RunningSimulator) -> None:
    def order(_: int) -> str:
        answer = Orders(running).collecte(C5)
        return answer if isinstance(answer, str) else "accepted"

    with ThreadPoolExecutor(16) as pool:
        answers = Counter(pool.map(order, range(50)))
    assert answers == {"accepted": 1, "SGT570": 49}
    assert len(Orders(running).services(C5)) == 1


def test_an_advance_of_the_clock_publishes_what_was_due(running: RunningSimulator) -> None:
    before = running.admin("/api/flux", limit=1000)
    moved = running.ask("POST", "/api/clock", json={"action": "advance", "duree": "10d"})
    assert moved.json()["now"].startswith("2025-08-11T")
    files = running.admin("/api/flux", limit=1000)[: -len(before) or None]
    assert len(files) >= 9
    assert {(each["flux"], each["etat"]) for each in files} == {("R50", "livre")}


def test_the_clock_moves_while_what_is_due_is_published(running: RunningSimulator) -> None:
    def call(number: int) -> int:
        clock = {"action": "advance", "duree": "12h"}
        path, body = ("/api/clock", clock) if number % 2 else ("/api/flux/publish", None)
        return running.ask("POST", path, json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(call, range(32))) == {200: 32}


def test_a_certificate_without_an_end_is_read_where_the_server_speaks_legal_time(
    running: RunningSimulator, database_url: str
) -> None:
    french = {"options": "-c timezone=Europe/Paris"}
    database = Database(make_url(database_url).update_query_dict(french))
    no_end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    with database.transaction() as session:
        session.add(
            Certificat(
                fingerprint="0" * 64,
                environnement="production",
                acteur_code="TIERS1",
                subject="sans fin",
                not_after=no_end,
                pem="",
            )
        )
    with database.sessions() as session:
        ends = {one.subject: one.not_after for one in registered_certificats(session)}
    database.dispose()
    assert ends["sans fin"] == no_end
    assert running.admin("/api/certificats")[-1]["sujet"] == "sans fin"


def test_the_password_is_shown_nowhere(running: RunningSimulator, database_url: str) -> None:
    password = make_url(database_url).password
    shown = running.admin("/api/settings")["database_url"]
    assert password is None or password not in shown


def test_the_commands_find_it_by_the_variable_of_the_setting(
    running: RunningSimulator, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SGE_SIM_DATABASE_URL", database_url)
    assert C5 in running.printed("journal", "list", "--code", "SGT570")


def test_every_package_is_homologated(tmp_path: Path) -> None:
    options = ("--population-size", "1200", "--now", NOW)
    with (
        new_database("homologation") as url,
        start_simulator(tmp_path / "etat", "--database-url", url, *options) as running,
    ):
        done = homologate(tmp_path / "report", *against(running))
    assert done.code == 0, done.stdout + done.stderr


def test_a_contract_of_datahub_and_its_application(running: RunningSimulator) -> None:
    """From the draft to an application of production whose customer consents."""

    def ask(path: str, par: str | None = None, **asked: object) -> Any:
        body = asked if par is None else {"par": par, **asked}
        answer = running.ask("POST", f"/api/{path}", json=body)
        assert answer.ok, answer.text
        return answer.json()

    people = {name: f"{name}@tiers.example.fr" for name in ("carla", "theo", "lea")}
    carla, theo, lea = people.values()
    for name, email in people.items():
        ask("datahub/comptes", email=email, nom=name, acteur="TIERS1")
    ask("datahub/contrats", numero="NEUF1", contractuel=carla)
    ask("datahub/contrats/NEUF1/representant", email=lea)
    ask("datahub/contrats/NEUF1/interlocuteurs", carla, email=theo, role="technique")
    ask("datahub/contrats/NEUF1/annexe-si", theo, type_canal="dossier", url="/tmp/depot")
    for step, par in (("envoyer", carla), ("signer", lea), ("activer", None)):
        state = ask(f"datahub/contrats/NEUF1/{step}", par)["etat"]
    assert state == "actif"
    form = {"redirect_uri": "https://exemple.fr/retour", "mode": "production"}
    made = ask("datahub/applications", theo, nom="En production", **form)
    client = Client(running)
    client.application = made
    assert client.share(C5)
    (given,) = running.admin("/api/consentements", prm=C5)
    assert (given["client_id"], given["en_vigueur"]) == (made["client_id"], True)
    client.revoke(C5)


def test_every_case_of_data_connect_is_good(running: RunningSimulator, tmp_path: Path) -> None:
    """But for the one that needs quotas, which are no part of the state."""
    ready = running.ready
    expected = tmp_path / "expected.txt"
    expected.write_text("DC-QUO-NR1")
    # The orders above had its curve collected.
    told = running.ask("POST", f"/api/points/{C5}", json={"collecte": "aucun"})
    assert told.ok, told.text
    done = homologate(
        tmp_path / "report",
        *("--package", "data-connect", "--echecs-attendus", str(expected)),
        *("--cible", ready["data_connect_url"], "--admin", ready["admin_url"]),
        *("--ca", ready["ca_file"]),
    )
    assert done.code == 0, done.stdout + done.stderr
