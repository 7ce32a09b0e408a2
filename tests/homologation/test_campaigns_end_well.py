"""Campaigns that bring the platform where a case needs it, and say what they are worth."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from homologating import Homologation, against, homologate
from running_simulator import RunningSimulator, start_simulator

from sge_sim.homologation.reports.rapport import Decision, Statut


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    folder = tmp_path_factory.mktemp("end-well")
    with start_simulator(folder, "--now", "2023-10-24T10:00") as simulator:
        yield simulator


def without_admin(running: RunningSimulator) -> list[str]:
    options = against(running)
    del options[options.index("--admin") : options.index("--admin") + 2]
    return [*options, "--release", "23.2"]


def decisions(done: Homologation) -> dict[str, Decision]:
    return {each.package: each.decision for each in done.report.verdicts}


@pytest.mark.documented("AX.0466 v1.5.0: SGT584, the same demand within 30 minutes")
def test_a_second_campaign_within_half_an_hour_ends_as_the_first(
    running: RunningSimulator, tmp_path: Path
) -> None:
    """The clock of a simulator is moved; on any other target the report says how long to wait."""
    package = ("--package", "infrajournalier")
    first = homologate(tmp_path / "1", *against(running), *package)
    again = homologate(tmp_path / "2", *against(running), *package)
    for done in (first, again):
        assert done.code == 0, done.stdout
        assert decisions(done) == {"infrajournalier": Decision.HOMOLOGUE}
    run = again.report.find("F375A-R1@C2-C4")
    assert run is not None
    assert run.remarque == (
        "L'horloge du simulateur a été avancée de 30 minutes : la même demande datait de moins de "
        "30 minutes (SGT584)."
    )
    late = homologate(tmp_path / "3", *without_admin(running), *package)
    assert late.code == 1
    assert "La renvoyer après " in late.stdout


def test_what_a_planned_fault_struck_is_not_judged(
    running: RunningSimulator, tmp_path: Path
) -> None:
    home = running.ready["admin_url"]
    asked = {"sorte": "latence", "secondes": 0.001, "service": "RecherchePoint", "au": 100}
    planned = requests.post(f"{home}/api/pannes", json=asked, timeout=10)
    assert planned.ok, planned.text
    number = planned.json()["numero"]
    try:
        done = homologate(tmp_path, *against(running), "--package", "consultation")
    finally:
        requests.delete(f"{home}/api/pannes/{number}", timeout=10)
    assert done.code == 1
    assert decisions(done) == {"consultation": Decision.NON_JUGE}
    struck = {each.service for each in done.report.executions if each.statut is Statut.PERTURBE}
    assert struck == {"RecherchePoint"}
    assert f"Panne prévue n° {number}" in done.stdout
    junit = (tmp_path / "junit.xml").read_text()
    assert 'type="perturbe"' in junit
    assert "perturbé" in (tmp_path / "rapport.html").read_text()
