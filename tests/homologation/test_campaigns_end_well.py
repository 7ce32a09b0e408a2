"""Campaigns that bring the platform where a case needs it, and say what they are worth."""

from html import unescape
from pathlib import Path

import pytest
from homologating import Homologation, against, homologate
from in_process import served_in_process
from running_simulator import RunningSimulator, kept_open

from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import list_releases, load_release, services_gone
from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.rapport import read_rapport

running = kept_open(served_in_process, "--now", "2023-10-24T10:00")


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
    run = again.execution("F375A-R1@C2-C4")
    assert run.remarque == (
        "L'horloge du simulateur a été avancée de 30 minutes : la même demande datait de moins de "
        "30 minutes (SGT584)."
    )
    options = (*against(running, admin=False), "--release", "23.2")
    late = homologate(tmp_path / "3", *options, *package)
    assert late.code == 1
    assert "La renvoyer après " in late.stdout


def test_what_a_planned_fault_struck_is_not_judged(
    running: RunningSimulator, tmp_path: Path
) -> None:
    asked = {"sorte": "latence", "secondes": 0.001, "service": "RecherchePoint", "au": 100}
    planned = running.ask("POST", "/api/pannes", json=asked)
    assert planned.ok, planned.text
    number = planned.json()["numero"]
    try:
        done = homologate(tmp_path, *against(running), "--package", "consultation")
    finally:
        running.ask("DELETE", f"/api/pannes/{number}")
    assert done.code == 1
    assert decisions(done) == {"consultation": Decision.NON_JUGE}
    struck = {each.service for each in done.report.executions if each.statut is Statut.PERTURBE}
    assert struck == {"RecherchePoint"}
    assert f"Panne prévue n° {number}" in done.stdout
    junit = (tmp_path / "junit.xml").read_text()
    assert 'type="perturbe"' in junit
    assert "perturbé" in (tmp_path / "rapport.html").read_text()


def test_a_case_is_run_alone_whatever_else_is_given_and_says_what_that_is_worth(
    running: RunningSimulator, tmp_path: Path
) -> None:
    given = ("--package", "consultation", "--cas", "ADP-R1@C5")
    done = homologate(tmp_path, *against(running), *given)
    assert done.code == 0, done.stdout
    assert [each.cle for each in done.report.executions] == ["ADP-R1@C5"]
    assert decisions(done) == {"consultation": Decision.NON_JUGE}
    worth = "Campagne partielle, 1 des 55 cas de sge-23.2"
    assert worth in done.stdout
    assert worth in (tmp_path / "rapport.html").read_text()


def test_a_catalogue_played_on_a_simulator_of_production_says_what_it_is_for(
    running: RunningSimulator, tmp_path: Path
) -> None:
    with served_in_process(tmp_path / "s", "--environment", "production") as production:
        done = homologate(tmp_path / "r", *against(production), "--cas", "ADP-NR1")
        sentence = "ce catalogue est fait pour la plateforme d'homologation"
        assert sentence in done.stdout
        assert sentence in " ".join(done.report.remarques)
        observed_report(production, tmp_path / "production")
    assert sentence in unescape((tmp_path / "production" / "rapport.html").read_text())
    observed_report(running, tmp_path / "homologation")
    assert not read_rapport(tmp_path / "homologation").remarques


def observed_report(running: RunningSimulator, folder: Path) -> None:
    """Write that of an observed campaign of every case, none of which was called."""
    for words in (("start",), ("report", "--rapport", str(folder)), ("stop",)):
        running.command("campaign", *words)


def test_the_services_that_the_last_release_lacks_are_known() -> None:
    release = load_release(DEFAULT_RELEASE)
    assert release.nom == list_releases()[-1]
    assert services_gone(release) == {
        "RechercheServicesSouscritsMesures": "sge-23.4",
        "CommandeCollectePublicationMesures": "sge-23.4",
        "CommandeTransmissionHistoriqueMesures": "sge-23.2",
    }
    assert services_gone(release, ("historique",)) == {
        "CommandeTransmissionHistoriqueMesures": "sge-23.2"
    }


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--cas", "F300C_O1"),
            "sge-26.1 n'a plus de cas « F300C_O1 » ; la dernière version à l'avoir est sge-23.4 : "
            "ajouter --release 23.4.",
        ),
        (
            ("--release", "23.4", "--package", "historique"),
            "sge-23.4 ne liste aucun cas pour le package historique ; la dernière version à en "
            "avoir est sge-23.2 :",
        ),
    ],
)
def test_what_a_release_lacks_is_named_with_the_last_that_had_it(
    options: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    done = homologate(tmp_path, *options)
    assert done.code == 2
    assert sentence in done.stderr
