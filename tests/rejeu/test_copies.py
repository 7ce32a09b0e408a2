"""A copied call makes the same call from any folder, whatever the machine's environment says."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

import pytest
import requests
from lxml import html
from running_simulator import RunningSimulator, run_command, start_simulator

from sge_sim.homologation.client.messages import read_answer

PATH = "/ConsultationDonneesTechniquesContractuelles/v1.0"
PRM = "25946599093143"
ELSEWHERE = {
    "REQUESTS_CA_BUNDLE": "/nowhere/bundle.pem",
    "CURL_CA_BUNDLE": "/nowhere/bundle.pem",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
}
"""What a machine may have for other sites."""


@pytest.fixture(scope="module")
def relative(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    """A simulator that was given its folder by a relative path, which is that of a call."""
    with (
        chdir(tmp_path_factory.mktemp("relative")),
        start_simulator(Path("etat"), "--population-size", "0") as running,
    ):
        message = (
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            '<c:consulterDonneesTechniquesContractuelles xmlns:c="http://www.enedis.fr/sge/b2b/'
            'services/consulterdonneestechniquescontractuelles/v1.0">'
            f"<pointId>{PRM}</pointId><loginUtilisateur>{running.login}</loginUtilisateur>"
            "<autorisationClient>true</autorisationClient>"
            "</c:consulterDonneesTechniquesContractuelles></s:Body></s:Envelope>"
        )
        headers = {"Content-Type": "text/xml"}
        running.session.post(running.url + PATH, message, headers=headers, timeout=10)
        yield running


Copied = Callable[[RunningSimulator, str], str]


def copied_from_page(simulator: RunningSimulator, form: str) -> str:
    number = simulator.admin("/api/journal", limit=1)[0]["id"]
    answer = requests.get(f"{simulator.ready['admin_url']}/echanges/{number}", timeout=10)
    text: str = html.fromstring(answer.content).get_element_by_id(f"copie-{form}").text_content()
    return text


def copied_from_command(simulator: RunningSimulator, form: str) -> str:
    number = simulator.admin("/api/journal", limit=1)[0]["id"]
    done = run_command("journal", "show", str(number), f"--{form}", "--data-dir", "etat")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("copied", [copied_from_page, copied_from_command])
@pytest.mark.parametrize(
    ("form", "program"),
    [("curl", ("curl", "sh", "-c")), ("zeep", (sys.executable, sys.executable, "-c"))],
)
def test_a_copy_runs_from_any_folder(
    relative: RunningSimulator, tmp_path: Path, copied: Copied, form: str, program: tuple[str, ...]
) -> None:
    if not shutil.which(program[0]):
        return  # curl is no part of the suite
    done = subprocess.run(
        [*program[1:], copied(relative, form)],
        cwd=tmp_path,
        env={**os.environ, **ELSEWHERE},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    if form == "curl":
        assert not hasattr(read_answer(done.stdout.encode()), "code")
    assert PRM in done.stdout
