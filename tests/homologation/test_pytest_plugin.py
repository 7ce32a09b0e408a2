"""The plugin, by a small project that uses it in a pytest of its own."""

import io
import shlex
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from demandes import collecte_quotidienne
from homologating import printed, run_forking
from running_simulator import RunningSimulator, start_simulator

from sge_sim.api.administration import Administration
from sge_sim.clock import machine_now
from sge_sim.homologation.catalogue import DEFAULT_RELEASE
from sge_sim.homologation.catalogue.release import load_release
from sge_sim.homologation.client.data_connect_client import Identifiants
from sge_sim.homologation.client.own_simulator import OwnSimulator
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import read_rapport
from sge_sim.homologation.reports.writing import verify
from sge_sim.homologation.testing import SgeJournal, SgeSession

PROJECT = Path(__file__).parents[1] / "examples" / "user_project"


@dataclass(frozen=True)
class Run:
    """A pytest run, what it said and its report."""

    arguments: list[str]
    output: str
    report: Path


def loading_options() -> list[str]:
    """What loads the plugin where the package isn't installed with its entry point."""
    named = entry_points(group="pytest11")
    return [] if any(each.value == "sge_sim.pytest_plugin" for each in named) else [
        "-p",
        "sge_sim.pytest_plugin",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The example project, and beside it tests that fail."""
    bad, report = (tmp_path_factory.mktemp("plugin") / name for name in ("bad", "mon rapport"))
    bad.mkdir()
    (bad / "test_bad.py").write_text(BAD)
    # A folder of its own: pytest clears away those of the runs before, this one's too.
    with tempfile.TemporaryDirectory() as own, chdir(PROJECT):
        arguments = [
            *("-q", "-rf", "-p", "no:cacheprovider", *loading_options()),
            *("--rootdir", str(PROJECT), "-c", "pytest.ini", "--strict-markers"),
            *("--basetemp", f"{own}/tests", "--sge-report", str(report), str(bad), str(PROJECT)),
        ]
        done = run_forking(*arguments, module="pytest")
    return Run(arguments, done.stdout + done.stderr, report)


def test_the_project_of_a_user_passes(run: Run) -> None:
    failed = [line for line in run.output.splitlines() if line.startswith("FAILED")]
    assert [line for line in failed if "test_bad.py" not in line] == []
    *_, last = run.output.splitlines()
    assert last.startswith("7 failed, 11 passed"), run.output
    assert "error" not in last, run.output


def test_marked_tests_tick_cases_in_the_usual_reports(run: Run) -> None:
    report = read_rapport(run.report)
    ticked = [each.cle for each in report.executions if each.statut is Statut.REUSSI]
    assert ticked == ["ADP-R1@C5", "ADP-NR1", "RP-NR2@C5"]
    assert report.origine == "pytest"
    assert verify((run.report / "preuves.zip").read_bytes(), run.report) == []


def test_the_command_of_the_report_is_that_of_the_session(run: Run) -> None:
    """Its paths are seen from the folder of the tests, and others have their name alone."""
    line = shlex.split(printed(run.report))
    assert (line[0], line[-1]) == ("pytest", ".")
    assert len(line) == 1 + len(run.arguments)
    assert not any(each.startswith("/") for each in line)
    assert line[line.index("--sge-report") + 1] == "mon rapport"


BAD = """
import pytest

@pytest.mark.sge_case("ADP-R1@C5")
def test_wrong_consent(sge):
    sge.client("ConsultationDonneesTechniquesContractuelles").service \\
        .consulterDonneesTechniquesContractuelles(
            pointId="25946599093143", loginUtilisateur=sge.login, autorisationClient=False)

@pytest.mark.sge_case("ADP-R1@C5")
def test_no_call(sge):
    pass

@pytest.mark.sge_case("ADP-R1")
def test_without_the_fixture():
    pass

@pytest.mark.sge_case("ADP-R9")
def test_unknown_case(sge):
    pass

def test_wrong_code(sge):
    sge.client("ConsultationDonneesTechniquesContractuelles").service \\
        .consulterDonneesTechniquesContractuelles(
            pointId="25946599093143", loginUtilisateur=sge.login)
    sge.journal.assert_answered("ConsultationDonneesTechniquesContractuelles", "SGT401")

def test_unknown_service(sge):
    sge.client("RechercheDePoint")

def test_without_data_connect(sge):
    sge.data_connect
"""


@pytest.mark.parametrize(
    "sentence",
    [
        "autorisationClient : attendu true, reçu false",
        "aucun appel de ce test ne convient à ce cas",
        "demande la fixture sge",
        "le plus proche est ADP-",
        "a répondu SGT200, attendu SGT401",
        "n'est pas un service : choisir parmi",
        "ajouter --data-connect",
    ],
)
def test_what_is_wrong_is_told(run: Run, sentence: str) -> None:
    assert sentence in run.output


def test_a_pytest_that_does_not_use_the_fixture_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_light.py").write_text(
        "import sys\n"
        "def test_light():\n"
        "    heavy = {'zeep', 'sqlalchemy', 'spyne', 'lxml', 'numpy', 'pydantic', 'requests'}\n"
        "    assert not heavy & sys.modules.keys()\n"
        "    ours = {name for name in sys.modules if name.startswith('sge_sim')}\n"
        "    assert ours <= {'sge_sim', 'sge_sim.pytest_plugin'}\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    alone = ("-p", "no:hypothesispytest", "-p", "no:xdist", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *alone, *loading_options(), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


C5 = "25946599093143"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SgeSession]:
    """What the plugin opens for a session, on a simulator of production with Data Connect."""
    folder = tmp_path_factory.mktemp("session")
    options = ("--environment", "production", "--now", "2025-08-01T10:00", "--data-connect")
    with start_simulator(folder, *options, "--data-connect-port", "0") as running:
        own = OwnSimulator(running.data_dir, running.ready, running.process)
        yield SgeSession(own, load_release(DEFAULT_RELEASE), machine_now())


def test_the_files_that_an_order_has_published_are_read(session: SgeSession) -> None:
    sge = session.fresh()
    assert sge.flux.read() == []
    today = sge.clock.now().date()
    order = collecte_quotidienne(
        C5, sge.login, sge.contrat_id, today, today + timedelta(days=300), "TEST"
    )
    service = sge.client("CommandeCollectePublicationMesures").service
    service.commanderCollectePublicationMesures(**order)
    sge.clock.advance(timedelta(days=3))
    first, *others = sge.flux.read("R50")
    assert others
    assert sge.flux.read() == [first, *others]
    assert first.publication < others[0].publication
    with zipfile.ZipFile(io.BytesIO(sge.flux.content(first.nom))) as file:
        (name,) = file.namelist()
        assert C5.encode() in file.read(name)
    assert session.fresh().flux.read() == []


def test_data_connect_is_called_and_its_customers_accept(session: SgeSession) -> None:
    dc = session.fresh().data_connect
    assert dc.redirect_uri.startswith("http")
    path = dc.url + "/mesure_synchrone_auto/v2/consommation_quotidienne"
    asked = {"pointId": C5, "dateDebut": "2025-07-20", "dateFin": "2025-07-27"}

    def status(application: Identifiants) -> int:
        client = dc.requests_session()
        token = client.post(
            dc.url + "/oauth2/v3/token",
            data={"grant_type": "client_credentials"},
            auth=(application.client_id, application.client_secret),
        )
        bearer = {"Authorization": "Bearer " + token.json()["access_token"]}
        return client.get(path, params=asked, headers=bearer).status_code

    assert (status(dc.sandbox), status(dc.production)) == (200, 403)
    assert dc.accept(C5)["autorisation_id"]
    assert status(dc.production) == 200
    dc.revoke(C5)
    assert status(dc.production) == 403
    assert dc.accept(C5, version="1")["usage_point_id"] == C5
    assert status(session.fresh().data_connect.production) == 403, "no consent is left"


def test_pannes_and_episodes_are_gone_with_the_test(session: SgeSession) -> None:
    sge = session.fresh()
    sge.panne("erreur_technique", mesure="courbe", prm=C5)
    made = sge.episode("fevrier-2026", prm=C5)
    administration = Administration(sge.admin_url)
    assert [each.sorte for each in administration.pannes()] == ["erreur_technique"] * 2
    assert made[0].prm == C5
    session.fresh()
    assert administration.pannes() == []


def test_a_client_that_loads_its_contract_has_not_called_yet(simulator: RunningSimulator) -> None:
    journal = SgeJournal(Administration(simulator.home))
    path = f"{simulator.url}/RecherchePoint/v2.0"
    simulator.session.get(f"{path}?wsdl", timeout=10).raise_for_status()
    assert [each.kind for each in journal.read("RecherchePoint")] == ["http"]
    journal.assert_not_called("RecherchePoint")
    simulator.post("/RecherchePoint/v2.0", "<a/>")
    simulator.session.get(f"{path}?wsdl", timeout=10).raise_for_status()
    journal.assert_called("RecherchePoint", times=1)
    journal.assert_answered("RecherchePoint", "SGT562")
