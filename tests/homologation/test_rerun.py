"""The command that a report prints does the same again, and tells nothing of the machine."""

import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from homologating import Homologation, against, homologate, printed, run_forking
from in_process import served_in_process
from loaded_programs import put_program
from running_simulator import RunningSimulator, kept_open

from sge_sim.homologation.reports.etats import Decision, Statut
from sge_sim.homologation.reports.rapport import Rapport, read_rapport

RULE = ("--disabled-rules", "RecherchePoint/criteres_suffisants")
FAILED = "RP-NR2@C5"
CASES = ("--cas", "RP-NR1", "--cas", "RP-NR2")


broken = kept_open(served_in_process, "--now", "2023-10-24T10:00", *RULE)
"""A simulator on which one case fails, whoever calls."""


def paste(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command of sge-sim in another folder, its words read as a shell reads them."""
    program, *arguments = shlex.split(line)
    assert program == "sge-sim"
    folder.mkdir()
    with chdir(folder):
        return run_forking(*arguments)


def paste_into_a_shell(line: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Give a line to a shell in another folder, as it is."""
    folder.mkdir()
    commands = f"{put_program(folder / 'bin').parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**os.environ, "PATH": commands},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


Paste = Callable[[str, Path], "subprocess.CompletedProcess[str]"]


def written(folder: Path) -> Rapport:
    """The report that a command wrote where it was pasted."""
    (found,) = folder.glob("reports/*/rapport.json")
    return read_rapport(found)


def assert_same_failure(
    line: str, folder: Path, cible: str, release: str = "sge-23.2", paste: Paste = paste
) -> Rapport:
    done = paste(line, folder)
    assert done.returncode == 1, done.stdout + done.stderr
    again = written(folder)
    assert [each.cle for each in again.executions if not each.statut.bon] == [FAILED]
    assert (again.cible, again.release) == (cible, release)
    return again


def test_that_of_a_simulator_of_its_own_and_a_catalogue_of_ones_own(tmp_path: Path) -> None:
    """The folder of the catalogue was given as seen from where the campaign was run."""
    release = tmp_path / "a" / "mien" / "sge-23.2-mien"
    release.mkdir(parents=True)
    (release / "release.yaml").write_text(
        "release: sge-23.2-mien\nreference: 2023-10-24\n"
        "dates_originales: {du: 2021-06-21, au: 2023-11-15}\npackages: [consultation]\n"
        "resume: Le mien.\n"
    )
    (release / "consultation.yaml").write_text("package: consultation\nreprend: sge-23.2\n")
    with chdir(tmp_path / "a"):
        done = homologate(Path("r"), "--catalogue", "mien/sge-23.2-mien", *RULE, *CASES)
        assert [each.cle for each in done.report.executions if not each.statut.bon] == [FAILED]
        line, cible = printed(done.folder), done.report.cible
    again = assert_same_failure(line, tmp_path / "b", cible, "sge-23.2-mien")
    assert [each.cle for each in again.executions] == [FAILED]


def test_that_of_a_campaign_that_a_planned_fault_struck(
    simulator: RunningSimulator, tmp_path: Path
) -> None:
    """The cases that it struck are passed again, and are good without it."""
    asked = {"sorte": "latence", "secondes": 0.001, "service": "RecherchePoint", "au": 2}
    planned = simulator.ask("POST", "/api/pannes", json=asked)
    options = (*against(simulator), "--release", "23.2", *CASES, "--cas", "ADP-NR1")
    done = homologate(tmp_path / "a", *options)
    simulator.ask("DELETE", f"/api/pannes/{planned.json()['numero']}")
    struck = [each.cle for each in done.report.executions if each.statut is Statut.PERTURBE]
    assert struck == ["RP-NR1@C5", FAILED]
    again = paste(printed(tmp_path / "a"), tmp_path / "b")
    assert again.returncode == 0, again.stdout + again.stderr
    assert [each.cle for each in written(tmp_path / "b").executions] == struck


def test_that_of_a_target_and_the_report_of_its_rerun_too(
    broken: RunningSimulator, tmp_path: Path
) -> None:
    options = against(broken)
    own = tmp_path / "l'été à Nice"
    done = homologate(own, *options, *CASES)
    (said,) = [each for each in done.stdout.splitlines() if each.startswith("Repasser ce qui")]
    line = said.partition(" : ")[2]
    assert line == printed(own), "the terminal is of this machine"
    again = assert_same_failure(line, tmp_path / "b", broken.url, paste=paste_into_a_shell)
    assert again.executions[0].regle is None, "an answer that no rule refused"
    assert again.simulateur
    line = printed(next((tmp_path / "b").glob("reports/*")))
    assert_same_failure(line, tmp_path / "c", broken.url)


def test_that_of_a_target_whose_administration_is_not_known(
    broken: RunningSimulator, tmp_path: Path
) -> None:
    options = (*against(broken, admin=False), "--now", "2023-10-24T12:00")
    homologate(tmp_path / "a", *options, *CASES)
    again = assert_same_failure(printed(tmp_path / "a"), tmp_path / "b", broken.url)
    assert not again.simulateur
    found = f"{again.executions[0].instant:%Y-%m-%d %H}"
    assert found == "2023-10-24 12", "the target's time has run on"


def test_that_of_a_passage_of_the_dashboard(broken: RunningSimulator, tmp_path: Path) -> None:
    form = {"release": "sge-23.2", "cas": "RP-NR2"}
    started = broken.ask("POST", "/passages", data=form, headers={"Origin": broken.home})
    folder = broken.data_dir / "rapports" / started.url.rpartition("/")[2]
    deadline = time.monotonic() + 60
    while not (folder / "preuves.zip").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert "Campagne partielle" in (folder / "rapport.html").read_text()
    assert_same_failure(printed(folder), tmp_path / "b", broken.url)


def test_that_of_an_observed_campaign_opens_the_same_again(
    broken: RunningSimulator, tmp_path: Path
) -> None:
    bound = ("--certificat", broken.ready["client_cert"], "--user-agent", "Mon Client")
    assert broken.command("campaign", "start", *bound).returncode == 0
    first = broken.admin("/api/campaigns")[0]
    assert broken.command("campaign", "report", "--rapport", str(tmp_path / "a")).returncode == 1
    assert 'class="commande"' not in (tmp_path / "a" / "rapport.html").read_text(), "still open"
    assert broken.command("campaign", "stop").returncode == 0
    assert broken.command("campaign", "report", "--rapport", str(tmp_path / "a")).returncode == 1
    line, folder = printed(tmp_path / "a"), broken.data_dir.resolve()
    assert f"--data-dir {folder.name} " in line
    line = line.replace(f"--data-dir {folder.name}", f"--data-dir {folder}")
    done = paste(line, tmp_path / "b")
    assert done.returncode == 0, done.stderr
    again = broken.admin("/api/campaigns")[0]
    assert again["id"] > first["id"]
    same = ("acteur", "release", "client")
    assert [again[name] for name in same] == [first[name] for name in same]
    broken.command("campaign", "stop")
    refused = homologate(tmp_path / "c", "--reprise", str(tmp_path / "a"))
    assert refused.code == 2
    assert "C'est au client d'en repasser les cas" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_that_of_data_connect_needs_the_secret_that_no_report_keeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ("--environment", "production", "--population-size", "0", "--data-connect")
    with served_in_process(tmp_path / "dc", *options, "--data-connect-port", "0") as running:
        known = running.ready["data_connect"]
        named = (
            *("--package", "data-connect", "--cible", running.ready["data_connect_url"]),
            *("--ca", running.ready["ca_file"], "--client-id", known["client_id"]),
        )
        secret = known["client_secret"]
        done = homologate(tmp_path / "a", *named, "--client-secret", secret)
        assert not all(each.statut.bon for each in done.report.executions)
        assert secret not in (tmp_path / "a" / "rapport.json").read_text()
        calls = running.admin("/api/journal", limit=1000)
        assert {each["origine"] for each in calls if each["kind"] == "rest"} == {"passage"}
        line = printed(tmp_path / "a")
        without = paste(line, tmp_path / "b")
        assert without.returncode == 2
        assert "aucun rapport ne garde les secrets" in without.stderr
        monkeypatch.setenv("SGE_SIM_CLIENT_SECRET", secret)
        again = paste(line, tmp_path / "c")
        assert again.returncode == 1, again.stderr
        wrong = [each.cle for each in done.report.executions if not each.statut.bon]
        assert [each.cle for each in written(tmp_path / "c").executions] == wrong


@pytest.fixture
def first(broken: RunningSimulator, tmp_path: Path) -> Homologation:
    """A campaign of a client whose files stand in a folder of its own."""
    options = against(broken)
    for option, name in (("--certificat", "cert.pem"), ("--cle", "key.pem")):
        place = options.index(option) + 1
        shutil.copy(options[place], tmp_path / name)
        options[place] = str(tmp_path / name)
    return homologate(tmp_path / "first", *options, *CASES)


def test_no_key_is_in_a_report_but_the_path_and_the_fingerprint(
    first: Homologation, broken: RunningSimulator, tmp_path: Path
) -> None:
    text = (first.folder / "rapport.json").read_text()
    secret = (tmp_path / "key.pem").read_text().splitlines()[1]
    assert secret not in text
    kept = json.loads(text)["reprise"]
    assert kept["options"]["key"] == str(tmp_path / "key.pem")
    (mine,) = [
        each["certificate_fingerprint"]
        for each in broken.admin("/api/journal", service="RecherchePoint", limit=1)
    ]
    assert kept["empreinte"] == mine


def test_what_is_gone_must_be_given(
    first: Homologation, broken: RunningSimulator, tmp_path: Path
) -> None:
    rerun = ("--reprise", str(first.folder))
    shutil.copy(broken.ready["acteurs"]["fournisseur"]["client_cert"], tmp_path / "cert.pem")
    changed = homologate(tmp_path / "1", *rerun)
    assert (changed.code, "n'est plus le certificat" in changed.stderr) == (2, True)
    (tmp_path / "cert.pem").unlink()
    gone = homologate(tmp_path / "2", *rerun)
    assert gone.code == 2
    assert f"{tmp_path}/cert.pem, que nomme le rapport, n'est plus là : donner --certificat." in (
        gone.stderr
    )
    given = homologate(tmp_path / "3", *rerun, "--certificat", broken.ready["client_cert"])
    assert [each.cle for each in given.report.executions] == [FAILED]


def test_another_target_is_given_with_its_own_administration(
    first: Homologation, simulator: RunningSimulator, tmp_path: Path
) -> None:
    """What belongs to the target of the report doesn't follow to another.

    What was not good is taken up, and gives no verdict.
    """
    named = ("--cible", simulator.url, "--ca", simulator.ready["ca_file"])
    cert = ("--certificat", simulator.ready["client_cert"], "--cle", simulator.ready["client_key"])
    done = homologate(tmp_path / "1", "--reprise", str(first.folder), *named, *cert)
    assert done.code == 0, done.stdout + done.stderr
    assert [(each.cle, each.statut) for each in done.report.executions] == [(FAILED, Statut.REUSSI)]
    assert {each.decision for each in done.report.verdicts} == {Decision.NON_JUGE}
    assert not done.report.simulateur
