"""The runner against real simulators, from the command line to the written reports."""

from dataclasses import replace
from pathlib import Path

import pytest
from homologating import Homologation, against, homologate
from in_process import served_in_process
from lxml import etree
from openpyxl import load_workbook
from played_in_process import play
from running_simulator import RunningSimulator, kept_open, run_command

from sge_sim.clock import PARIS, RunningClock
from sge_sim.homologation.campaign.outcome import judge
from sge_sim.homologation.campaign.runner import Runner
from sge_sim.homologation.catalogue.protocoles import SOAP
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.own_simulator import cible_of
from sge_sim.homologation.client.sge_client import SgeClient
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.writing import verify

CASES = ("ADP-R1", "ADP-R2", "ADP-NR1", "RP-R1", "RP-R2", "RP-R3", "RP-NR1", "RP-NR2")
CHOSEN = [part for name in CASES for part in ("--cas", name)]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Homologation:
    """The whole of a release, on a simulator of its own, which nothing loads beforehand."""
    folder = tmp_path_factory.mktemp("reports") / "own"
    return homologate(folder, "--release", "23.2", run=run_command)


DISABLED = ("--disabled-rules", "RecherchePoint/criteres_suffisants")
broken = kept_open(served_in_process, "--now", "2023-10-24T10:00", *DISABLED)
"""A simulator that doesn't apply one rule."""


@pytest.mark.documented("catalogue SGE 21.3 §1; later releases: what clients kept of them")
def test_every_case_of_every_package_is_good(campaign: Homologation) -> None:
    assert campaign.code == 0, campaign.stdout + campaign.stderr
    assert {each.statut for each in campaign.report.executions} == {Statut.REUSSI}
    keys = [each.cle for each in campaign.report.executions]
    assert keys == [each.cle for each in load_release("23.2").cas]
    decisions = {each.package: each.decision for each in campaign.report.verdicts}
    assert decisions == dict.fromkeys(SOAP.packages(), Decision.HOMOLOGUE)


@pytest.mark.parametrize("name", ["21.3", "22.1", "23.4", "26.1"])
def test_every_case_of_every_other_release_is_good(name: str, tmp_path: Path) -> None:
    release = load_release(name)
    executions = play(release, release.cas, tmp_path)
    untested = {case.cle for case in release.cas if case.non_testable}
    bad = {each.cle for each in executions if each.statut is not Statut.REUSSI}
    assert bad == untested
    for verdict in judge(release, (), executions, partielle=False):
        listed = verdict.package in release.packages
        assert verdict.decision is (Decision.HOMOLOGUE if listed else Decision.SANS_OBJET)


@pytest.mark.assumed("shifted dates stand to today as the listed ones stood to their release")
@pytest.mark.parametrize("name", ["21.3", "26.1"])
def test_every_case_of_measures_still_comes_out_today(
    simulator: RunningSimulator, name: str
) -> None:
    release = load_release(name)
    cases = [case for case in release.cas if case.objet in ("AHC", "CMD")]
    assert len(cases) >= 10
    executions = Runner(release, SgeClient(cible_of(simulator.ready)), RunningClock()).run(cases)
    assert {
        each.cle: each.constats for each in executions if each.statut is not Statut.REUSSI
    } == {}


def test_the_runs_are_dated_in_the_time_of_the_release(campaign: Homologation) -> None:
    reference = load_release("23.2").reference
    instants = [each.instant for each in campaign.report.executions if each.instant]
    assert {each.astimezone(PARIS).date() for each in instants} == {reference}


def test_the_rule_that_refused_is_read_in_the_journal(campaign: Homologation) -> None:
    run = campaign.execution("RP-NR2@C5")
    assert run.regle is not None
    assert (run.code, run.regle.name) == ("SGT4F7", "RecherchePoint/criteres_suffisants")
    assert "RP-NR2" in run.regle.source


def test_the_bytes_of_each_exchange_are_kept(campaign: Homologation) -> None:
    for run in campaign.report.executions:
        root = etree.fromstring(run.requete.encode())
        header = root.find("{*}Header")
        if run.package == "historique":
            assert header.find("{*}enteteP/version").text == "1.0"
        else:
            assert header is None, "clients send no header"
        assert etree.fromstring(run.reponse.encode()).find("{*}Body") is not None
        assert run.statut_http == (200 if run.code is None else 500)


def test_every_form_of_the_report_is_written(campaign: Homologation) -> None:
    folder = campaign.folder
    assert verify((folder / "preuves.zip").read_bytes(), folder) == []
    executions = campaign.report.executions
    book = load_workbook(folder / "suivi.xlsx")
    packages = [book[name] for name in {each.package for each in executions}]
    assert sum(len(list(sheet.values)) - 1 for sheet in packages) == len(executions)
    assert etree.parse(folder / "junit.xml").getroot().find(".//failure") is None
    assert "RP-NR2@C5" in (folder / "rapport.html").read_text()


def test_each_case_is_told_as_it_ends_and_the_verdicts_last(campaign: Homologation) -> None:
    lines = campaign.stdout.splitlines()
    good = [line for line in lines if line.startswith("réussi")]
    assert len(good) == len(campaign.report.executions)
    assert any(line.split()[:2] == ["historique", "homologué"] for line in lines)


def test_a_disabled_rule_fails_the_cases_that_prove_it_and_no_other(
    broken: RunningSimulator, tmp_path: Path
) -> None:
    done = homologate(tmp_path, *against(broken), "--package", "consultation")
    assert done.code == 1
    failed = [each.cle for each in done.report.executions if not each.statut.bon]
    assert failed == ["RP-NR2@C5"]
    assert "SGT4F7" in done.stdout
    (verdict,) = done.report.verdicts
    assert verdict.decision is Decision.NON_HOMOLOGUE
    assert verdict.raison == "échoué : RP-NR2@C5."


def test_a_rule_of_the_orders_is_proved_by_its_cases(tmp_path: Path) -> None:
    release = load_release("23.2")
    cases = [case for case in release.cas if case.package in ("commande", "infrajournalier")]
    services = ("CommandeCollectePublicationMesures", "CommandeTransmissionDonneesInfraJ")
    disabled = tuple(f"{nom}/accord_donne" for nom in services)
    done = play(release, cases, tmp_path, disabled_rules=disabled)
    failed = {each.id for each in done if not each.statut.bon}
    assert failed == {"F300C_O2-NR", "F300B_O2-NR", "F305-NR", "F305A-NR", "F375A-NR1"}


def test_an_announced_failure_is_forgiven_and_one_that_does_not_come_fails(
    simulator: RunningSimulator, broken: RunningSimulator, tmp_path: Path
) -> None:
    announced = tmp_path / "attendus.txt"
    announced.write_text("RP-NR2  # la règle est désactivée\n")
    options = ("--echecs-attendus", str(announced), *CHOSEN)
    forgiven = homologate(tmp_path / "1", *against(broken), *options)
    assert forgiven.code == 0, forgiven.stdout
    stale = homologate(tmp_path / "2", *against(simulator), *options)
    assert stale.code == 1
    assert "Annoncés en échec, mais réussis : RP-NR2@C5." in stale.stdout


def test_a_wrong_contract_fails_even_the_cases_whose_answer_is_ignored(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    options = against(simulator, admin=False)
    options[options.index("--contrat") + 1] = "9999999"
    done = homologate(tmp_path, *options, "--package", "infrajournalier")
    assert done.code == 1, done.stdout
    assert {(each.code, each.statut) for each in done.report.executions} == {
        ("SGT471", Statut.ECHOUE)
    }
    (verdict,) = done.report.verdicts
    assert verdict.decision is Decision.NON_HOMOLOGUE


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--cas", "RP-R9"], "le plus proche"),
        (["--release", "19.1"], "inconnue"),
        (["--cible", "http://localhost:1"], "--certificat"),
        (["--certificat", __file__], "--cible"),
        (["--package", "tout"], "consultation"),
        (["--reprise", __file__], "rapport"),
        (["--echecs-attendus", "/bin/ls"], "/bin/ls n'est pas du texte"),
        (["--package", "Historique", "--release", "23.4"], "aucun cas pour le package historique"),
    ],
)
def test_misuse_is_told_in_a_sentence_with_code_2(
    options: list[str], sentence: str, tmp_path: Path
) -> None:
    done = homologate(tmp_path, *options)
    assert done.code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_target_that_cannot_be_called_is_told_before_anything_is_run(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    options = against(simulator)
    plain = simulator.ready["admin_url"].replace("http:", "https:")
    for target, sentence in (
        ("https://localhost:9", "localhost:9 ne répond pas"),
        ("https://localhost:99999", "la cible s'écrit https://hôte[:port]"),
        (plain, "ne parle pas TLS"),
    ):
        options[options.index("--cible") + 1] = target
        done = homologate(tmp_path, *options, "--cas", "ADP-NR1")
        assert (done.code, done.stdout) == (2, "")
        assert sentence in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_target_that_stops_answering_makes_failures_not_a_crash(
    simulator: RunningSimulator,
) -> None:
    dead = replace(cible_of(simulator.ready), url="https://localhost:9", admin_url=None)
    release = load_release("23.2")
    runner = Runner(release, SgeClient(dead), RunningClock())
    (execution,) = runner.run(release.find("ADP-NR1"))
    assert execution.statut is Statut.ECHOUE
    assert "La cible ne répond pas" in execution.constats[0].trouve


@pytest.mark.parametrize("folder", ["/proc/nope", f"{__file__}/below"])
def test_a_report_that_cannot_be_written_is_told_before_anything_is_run(
    simulator: RunningSimulator, folder: str
) -> None:
    done = homologate(Path(folder), *against(simulator), "--cas", "ADP-NR1")
    assert (done.code, done.stdout) == (2, "")
    assert folder in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_real_platform_is_warned_about_before_anything_is_sent(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    options = against(simulator, admin=False)
    options[options.index("--cible") + 1] = "https://sge.example.test"
    done = homologate(tmp_path, *options, "--cas", "ADP-NR1")
    assert "vraies affaires" in done.stderr
    assert done.code == 130, "no answer is no consent"
    assert not (tmp_path / "rapport.json").exists()


def test_a_target_is_given_the_cases_of_its_own_date(
    simulator: RunningSimulator, broken: RunningSimulator, tmp_path: Path
) -> None:
    today = homologate(tmp_path / "1", *against(simulator), "--cas", "ADP-NR1")
    assert today.report.release == "sge-26.1"
    assert today.stdout.startswith("Cas de sge-26.1, faute de --release.")
    before = homologate(tmp_path / "2", *against(broken), "--cas", "ADP-NR1")
    assert before.report.release == "sge-23.2"
    named = homologate(tmp_path / "3", *against(simulator), "--release", "23.4", *CHOSEN)
    assert named.report.release == "sge-23.4"
    assert "faute de" not in named.stdout
