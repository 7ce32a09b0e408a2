"""Services that end: what is left out of a campaign, by the day and by what its target serves."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from html import unescape
from pathlib import Path

import pytest
from catalogue_requests import path_of, request_of
from homologating import against, homologate
from in_process import InProcess, served_in_process, simulator_in_process
from kit_examples import unzip_kit
from lxml import etree
from openpyxl import load_workbook
from running_simulator import RunningSimulator, kept_open, run_command

from sge_sim.clock import PARIS
from sge_sim.domaine.plateformes import ARRET, Generation, Offering
from sge_sim.facts.stored_clock import StoredClock
from sge_sim.homologation.campaign.observed import Campaigns, CampaignState
from sge_sim.homologation.catalogue.release import list_releases, load_release
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.journal import Journal
from sge_sim.transport.message import Request

SENTENCE = "arrêt en novembre 2026 d'après le planning ; jour supposé : 01/12/2026"
DAYS = [date(2026, 11, 30), date(2026, 12, 1), date(2027, 3, 29)]
NAMED = ("--cas", "ACCES-R1", "--cas", "ASS-R1")


@pytest.fixture(scope="module", params=["auto", "toutes"])
def gate(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Generation, InProcess]]:
    """A simulator of each setting, without its sockets."""
    folder = tmp_path_factory.mktemp("gate")
    with simulator_in_process(folder, generation=request.param) as running:
        yield request.param, running


def is_published(running: InProcess, path: str) -> bool:
    return running.application(Request("GET", path, "wsdl", {}, b"", running.sender)).status == 200


@pytest.mark.documented("planning d'Enedis du 27/02/2026 p. 15; the day is assumed")
@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("name", list_releases())
def test_the_catalogue_leaves_out_what_the_gate_does_not_serve(
    gate: tuple[Generation, InProcess], name: str, day: date
) -> None:
    generation, running = gate
    clock = StoredClock(running.simulator.database)
    clock.freeze(datetime.combine(day, time(10), PARIS))
    release, offering = load_release(name), Offering(generation, day)
    called = {
        case.cle: {f"/{each.service}/v{each.version}" for each in (case, *case.preparation)}
        for case in release.cas
    }
    served = {path: is_published(running, path) for path in set().union(*called.values())}
    out = {case.cle for case in release.cas if offering.why_not(case.existences)}
    assert out == {cle for cle, paths in called.items() if not all(map(served.get, paths))}
    assert bool(out) == (generation == "auto" and day >= ARRET)
    assert {offering.why_not(case.existences) for case in release.cas} - {""} <= {SENTENCE}
    # What follows a case that is left out is left out too.
    assert not [case for case in release.cas if case.cle not in out and {*case.apres} & out]


def test_a_watched_campaign_follows_the_day(gate: tuple[Generation, InProcess]) -> None:
    generation, running = gate
    database = running.simulator.database
    journal = Journal.beside(database, running.simulator.settings.data_dir)
    campaigns = Campaigns(database, journal, generation=generation)

    def waiting(state: CampaignState) -> set[Statut]:
        return {each.statut for each in state.executions if each.id in ("ACCES-R1", "ASS-R1")}

    StoredClock(database).freeze(datetime.combine(DAYS[0], time(10), PARIS))
    opened = campaigns.start("26.1")
    assert Statut.NON_SERVI not in waiting(opened)
    running.post(*a_good_call(running))
    assert [each.issue for each in campaigns.read(opened.id).observations] == ["coché"]
    StoredClock(database).freeze(datetime.combine(ARRET, time(10), PARIS))
    state = campaigns.read(opened.id)
    assert (waiting(state) == {Statut.NON_SERVI}) == (generation == "auto")
    # A campaign that is closed is judged on the day of its last call.
    assert Statut.NON_SERVI not in waiting(campaigns.stop(opened.id))
    journal.close()


def a_good_call(running: InProcess) -> tuple[str, bytes]:
    case = load_release("26.1").find("ADP-R1@C5")[0]
    return path_of(case), etree.tostring(request_of(case, running.login, running.contrat_id))


auto = kept_open(served_in_process, "--now", "2026-12-05T10:00", "--generation", "auto")
"""A simulator after the end of the first generation, which it plays no more."""


def test_the_cases_of_a_service_that_ended_are_left_out(
    auto: RunningSimulator, tmp_path: Path
) -> None:
    done = homologate(tmp_path, *against(auto), *NAMED)
    assert {each.statut for each in done.report.executions} == {Statut.NON_SERVI}
    assert {each.remarque for each in done.report.executions} == {f"{SENTENCE}."}
    assert SENTENCE in done.stdout
    assert "échoué" not in done.stdout
    assert done.code == 1, "nothing was judged"
    assert not any(each.a_corriger for each in done.report.executions)


def test_a_case_whose_own_service_goes_on_is_played_to_the_end(
    auto: RunningSimulator, tmp_path: Path
) -> None:
    """Nor is the administration needed to know what a simulator of this machine serves."""
    options = (*against(auto, admin=False), "--now", "2026-12-05T10:00", "--release", "26.1")
    done = homologate(tmp_path, *options, *NAMED, "--cas", "CMD3-R6")
    found = {each.id: each.statut for each in done.report.executions}
    assert found.pop("CMD3-R6") is Statut.REUSSI, done.stdout
    assert set(found.values()) == {Statut.NON_SERVI}
    assert "--generation toutes" in done.stdout, "the day is assumed"
    assert done.code == 0


def test_a_simulator_that_still_serves_them_is_judged(tmp_path: Path) -> None:
    with served_in_process(tmp_path / "state", "--now", "2026-12-05T10:00") as running:
        for admin in (True, False):
            options = against(running, admin=admin)
            options += [] if admin else ["--now", "2026-12-05T10:05"]
            done = homologate(tmp_path / str(admin), *options, *NAMED, "--cas", "CMD3-R6")
            assert {each.statut for each in done.report.executions} == {Statut.REUSSI}, done.stdout
            assert done.code == 0


def test_a_package_of_which_nothing_is_left_is_never_homologated(
    auto: RunningSimulator, tmp_path: Path
) -> None:
    done = homologate(tmp_path, *against(auto), "--release", "21.3", "--package", "commande")
    (verdict,) = done.report.verdicts
    assert verdict.decision is Decision.SANS_CAS_SERVI
    assert verdict.decision.value == "sans cas servi à cette date"
    assert SENTENCE in verdict.raison
    assert done.code == 1
    suite = etree.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("skipped")) == ("17", "17")
    assert {each.get("message") for each in suite.iter("skipped")} == {f"{SENTENCE}."}
    rows = [*load_workbook(tmp_path / "suivi.xlsx")["commande"].values]
    remarks = rows[0].index("Remarques")
    assert {row[remarks] for row in rows[1:]} == {f"{SENTENCE}."}


def test_what_is_left_of_a_package_is_judged(auto: RunningSimulator, tmp_path: Path) -> None:
    done = homologate(tmp_path, *against(auto), "--release", "26.1", "--package", "commande")
    (verdict,) = done.report.verdicts
    assert verdict.decision is Decision.HOMOLOGUE, done.stdout
    assert f"Hors jugement ({SENTENCE}) : ACCES-R1@C5, " in verdict.raison
    assert done.code == 0


def test_the_collections_of_the_kit_put_them_aside(auto: RunningSimulator, tmp_path: Path) -> None:
    kit = unzip_kit(auto, tmp_path)
    out = {case.cle for case in load_release("26.1").cas if case.arret}
    bruno = {file.stem: file.read_text() for file in kit.rglob("bruno/Cas non servis/**/*.bru")}
    assert bruno.keys() == out
    assert all(SENTENCE in text and "tests {\n\n}" in text for text in bruno.values())
    postman = json.loads((kit / "collections/postman.json").read_text())
    (aside,) = (each for each in postman["item"] if each["name"] == "Cas non servis")
    requests = [each for package in aside["item"] for each in package["item"]]
    assert {each["name"].split()[0] for each in requests} == out
    assert all(each["event"][0]["script"]["exec"] == [] for each in requests)
    assert all(SENTENCE in each["request"]["description"] for each in requests)
    assert (kit / "services.csv").read_text("utf-8-sig").count(SENTENCE) == 4


def test_the_dashboard_says_so_of_both_kinds_of_campaigns(auto: RunningSimulator) -> None:
    opened = auto.ask("POST", "/api/campaigns", json={}).json()["id"]
    page = auto.ask("GET", f"/campaigns/{opened}").text
    assert page.count("non servi<") == 2 * 13, "in the grid of cases, and in their table"
    case = auto.ask("GET", f"/campaigns/{opened}/cas/ASS-R1@C5").text
    assert SENTENCE in unescape(case)
    report = auto.command("campaign", "report", "--rapport", str(auto.data_dir / "vu"))
    assert SENTENCE in report.stdout
    asked = {"release": "26.1", "cas": "ASS-R1"}
    nom = auto.ask("POST", "/api/passages", json=asked).json()["nom"]
    rows = auto.ask("GET", f"/passages/{nom}/direct").text  # until its end
    assert SENTENCE in unescape(rows)
    assert set(auto.admin(f"/api/passages/{nom}")["cas"].values()) == {"non servi"}


def test_the_catalogue_says_which_cases_end() -> None:
    lines = run_command("catalog", "list").stdout.splitlines()
    assert f"† {SENTENCE}" in lines
    marked = {line.split()[0] for line in lines if line.endswith(" †")}
    assert marked == {case.cle for case in load_release("26.1").cas if case.arret}
    assert SENTENCE in run_command("catalog", "show", "ASS-R1@C5").stdout
