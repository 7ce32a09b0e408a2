"""The recipes for CI: one shell in three tongues, run from an empty folder with each client."""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml
from loaded_programs import put_program
from lxml import etree
from waiting import eventually

CI = Path(__file__).parents[2] / "packaging" / "ci"
GITHUB = yaml.safe_load((CI / "github.yml").read_text(encoding="utf-8"))
GITLAB = yaml.safe_load((CI / "gitlab.yml").read_text(encoding="utf-8"))
JENKINS = (CI / "Jenkinsfile").read_text(encoding="utf-8")
LANGUAGES = ("premier_appel_zeep.py", "PremierAppel.java", "premier_appel.js", "premier_appel.php")


def shells() -> dict[str, str]:
    """The shell of each recipe."""
    (script,) = re.findall(r"sh '''\n(.*?)'''", JENKINS, re.S)
    return {
        "github": GITHUB["jobs"]["sge"]["steps"][0]["run"],
        "gitlab": GITLAB["sge"]["script"][0],
        "jenkins": textwrap.dedent(script).rstrip(" "),
    }


def clients() -> dict[str, list[tuple[str, str]]]:
    """What each recipe prepares and calls with."""
    rows: list[dict[str, Any]] = GITHUB["jobs"]["sge"]["strategy"]["matrix"]["include"]
    return {
        "github": [(row["prepare"], row["client"]) for row in rows],
        "gitlab": [(row["PREPARE"], row["CLIENT"]) for row in GITLAB["sge"]["parallel"]["matrix"]],
        "jenkins": re.findall(r"\['([^']+)', '([^']+)'\]", JENKINS),
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where an archive with `sge-sim/sge-sim` is: that of dist/, or one that runs this tree."""
    built = sorted(Path(os.environ.get("SGE_SIM_DIST", "none")).glob("*-linux-x86_64.tar.gz"))
    if built:
        return built[0].resolve().as_uri()
    folder = tmp_path_factory.mktemp("archive")
    program = put_program(folder / "sge-sim")
    with tarfile.open(folder / "archive.tar.gz", "w:gz") as made:
        made.add(program, "sge-sim/sge-sim")
    return (folder / "archive.tar.gz").as_uri()


RUNNERS = {
    "github": ("bash", "-e"),
    "gitlab": ("bash", "-o", "pipefail", "-e"),
    "jenkins": ("sh", "-xe"),
}
"""How each service runs its shell."""


def run(
    recipe: str, folder: Path, archive: str, prepare: str, client: str, **given: str
) -> subprocess.CompletedProcess[str]:
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SGE_SIM_ARCHIVE": archive,
        "PREPARE": prepare,
        "CLIENT": client,
        "SGE_SIM_PORT": "0",
        "SGE_SIM_ADMIN_PORT": "0",
        "SGE_SIM_POPULATION_SIZE": "0",
        "NO_PROXY": "localhost",
        "no_proxy": "localhost",
        **given,
    }
    command = (*RUNNERS[recipe], "-c", shells()[recipe])
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=300
    )


def test_the_recipes_have_one_shell_of_ten_lines_and_four_clients() -> None:
    (shell,) = set(shells().values())
    assert len(shell.splitlines()) == 10
    (called,) = {tuple(client for _, client in called) for called in clients().values()}
    assert tuple(client.rpartition("/")[2] for client in called) == LANGUAGES


def assert_called(done: subprocess.CompletedProcess[str], folder: Path) -> None:
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "25946599093143" in done.stdout
    assert "<testcase" in (folder / "rapport" / "junit.xml").read_text(encoding="utf-8")


def test_a_recipe_shows_what_a_client_in_python_did(tmp_path: Path, archive: str) -> None:
    _, client = clients()["gitlab"][0]
    assert_called(run("gitlab", tmp_path, archive, "true", client), tmp_path)


@pytest.mark.langages
@pytest.mark.parametrize("number", range(1, 4), ids=["java", "node", "php"])
def test_a_recipe_runs_with_each_client(tmp_path: Path, archive: str, number: int) -> None:
    """One recipe: the others have its shell and its clients."""
    _, client = clients()["gitlab"][number]
    # Node.js finds the package where NODE_PATH says, as `make test-langages` installs it.
    assert_called(run("gitlab", tmp_path, archive, "true", client), tmp_path)


CLIENTS = {
    "right": "sh exemples/premier_appel.sh",
    "wrong": "sed -i s/25946599093143/1/ demande.xml; sh exemples/premier_appel.sh; true",
    "mute": "true",
    "crashing": "sh exemples/premier_appel.sh; kill -9 $$",
}
"""What a client does, and how it ends."""
ENDS = {"right": 0, "wrong": 1, "mute": 1, "crashing": 137}


@pytest.mark.langages
@pytest.mark.parametrize("recipe", RUNNERS)
@pytest.mark.parametrize("kind", CLIENTS)
def test_a_recipe_ends_as_the_worse_of_its_client_and_its_report(
    tmp_path: Path, archive: str, recipe: str, kind: str
) -> None:
    (tmp_path / "client.sh").write_text(CLIENTS[kind])
    done = run(recipe, tmp_path, archive, "true", f"sh {tmp_path}/client.sh")
    assert done.returncode == ENDS[kind], done.stdout[-2000:] + done.stderr[-2000:]
    junit = etree.parse(tmp_path / "rapport" / "junit.xml")
    assert junit.xpath("//testcase/@name") == ["ADP-R1@C5"]
    assert bool(junit.xpath("//failure | //error")) == (kind in ("wrong", "mute"))


STAND_IN = """#!/bin/sh
case "$1 $2" in
serve*) exec sleep 60 ;;
kit*) mkdir kit-sge ;;
"campaign report") mkdir rapport; echo "$*" > rapport/junit.xml; exit "$REPORT" ;;
esac
"""


@pytest.mark.parametrize("recipe", RUNNERS)
@pytest.mark.parametrize(
    ("prepare", "client", "report", "code"),
    [
        ("true", "exit 0", 0, 0),
        ("true", "exit 0", 1, 1),
        ("true", "exit 3", 0, 3),
        ("true", "exit 3", 1, 3),
        ("true", "kill -9 $$", 0, 137),
        ("false && true", "exit 0", 0, 1),
    ],
)
def test_the_report_is_there_and_the_exit_the_worse_whatever_the_client_does(
    tmp_path: Path, recipe: str, prepare: str, client: str, report: int, code: int
) -> None:
    """The shell alone, with a program that stands for the simulator."""
    program = tmp_path / "sge-sim" / "sge-sim"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    with tarfile.open(tmp_path / "archive.tar.gz", "w:gz") as made:
        made.add(program, "sge-sim/sge-sim")
    archive = (tmp_path / "archive.tar.gz").as_uri()
    (tmp_path / "client.sh").write_text(client)
    called = f"sh {tmp_path}/client.sh"
    done = run(recipe, tmp_path, archive, prepare, called, REPORT=str(report))
    assert done.returncode == code, done.stderr
    assert (tmp_path / "rapport" / "junit.xml").read_text() == (
        "campaign report --cas ADP-R1@C5 --rapport rapport\n"
    )


def test_a_stage_of_jenkins_reads_the_report_after_a_failure() -> None:
    assert re.search(
        r"catchError \{ sh \'\'\'.*\'\'\' \}\n        \}\n        junit ", JENKINS, re.S
    )


def test_gitlab_installs_what_the_soap_extension_of_php_is_built_with() -> None:
    prepare, _ = clients()["gitlab"][3]
    assert prepare.index("libxml2-dev") < prepare.index("docker-php-ext-install soap")


def test_the_action_starts_a_simulator_for_the_steps_that_follow(
    tmp_path: Path, archive: str
) -> None:
    action = yaml.safe_load((CI / "action" / "action.yml").read_text(encoding="utf-8"))
    (step,) = action["runs"]["steps"]
    environ = {
        **os.environ,
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_PATH": str(tmp_path / "path"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "ARCHIVE": archive,
        "WHEEL": "",
        "OPTIONS": "--port 0 --admin-port 0 --population-size 0",
    }
    subprocess.run(["bash", "-ec", step["run"]], env=environ, check=True, timeout=120)
    ready = json.loads((tmp_path / "sge-sim.json").read_text())
    try:
        assert (tmp_path / "path").read_text().strip() == str(tmp_path / "sge-sim")
        assert f"SGE_SIM_READY={tmp_path}/sge-sim.json" in (tmp_path / "env").read_text()
    finally:
        os.kill(ready["pid"], signal.SIGTERM)
        eventually(lambda: not (tmp_path / "sge-sim.json").exists(), 30)
