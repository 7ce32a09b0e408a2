"""The plugin, by a small project that uses it in a pytest of its own."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from running_simulator import RunningSimulator

from sge_sim.api.administration import Administration
from sge_sim.homologation.reports.etats import Statut
from sge_sim.homologation.reports.rapport import read_rapport
from sge_sim.homologation.reports.writing import verify
from sge_sim.homologation.testing import SgeJournal

PROJECT = Path(__file__).parents[1] / "examples" / "user_project"


@dataclass(frozen=True)
class Run:
    """A pytest run and what it said."""

    code: int
    output: str


def loading_options() -> list[str]:
    """What loads the plugin where the package isn't installed with its entry point."""
    named = entry_points(group="pytest11")
    return [] if any(each.value == "sge_sim.pytest_plugin" for each in named) else [
        "-p",
        "sge_sim.pytest_plugin",
    ]  # fmt: skip


def run_pytest(folder: Path, *options: str) -> Run:
    ini = folder / "pytest.ini"
    if not ini.exists():
        ini.write_text("[pytest]\n")
    # A folder of its own: pytest clears away those of the runs before, this one's too.
    with tempfile.TemporaryDirectory() as own:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider"),
                *loading_options(),
                *("--rootdir", str(folder), "-c", str(ini), "--strict-markers"),
                *("--basetemp", f"{own}/tests"),
                *options,
                str(folder),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=folder,
        )
    return Run(done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """The example project, run once with a report."""
    report = tmp_path_factory.mktemp("plugin") / "report"
    return run_pytest(PROJECT, "--sge-report", str(report)), report


def test_the_project_of_a_user_passes(project: tuple[Run, Path]) -> None:
    run, _ = project
    assert run.code == 0, run.output
    assert "11 passed" in run.output


def test_marked_tests_tick_cases_in_the_usual_reports(project: tuple[Run, Path]) -> None:
    run, folder = project
    assert run.code == 0, run.output
    report = read_rapport(folder)
    ticked = [each.cle for each in report.executions if each.statut is Statut.REUSSI]
    assert ticked == ["ADP-R1@C5", "ADP-NR1", "RP-NR2@C5"]
    assert report.origine == "pytest"
    assert verify((folder / "preuves.zip").read_bytes(), folder) == []


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


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("bad")
    (folder / "test_bad.py").write_text(BAD)
    run = run_pytest(folder)
    assert run.code == 1, run.output
    assert "7 failed" in run.output
    return run.output


@pytest.mark.parametrize(
    "told",
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
def test_what_is_wrong_is_told(failing: str, told: str) -> None:
    assert told in failing


def test_a_pytest_that_does_not_use_the_fixture_loads_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_light.py").write_text(
        "import sys\n"
        "def test_light():\n"
        "    heavy = {'zeep', 'sqlalchemy', 'spyne', 'lxml', 'numpy', 'pydantic', 'requests'}\n"
        "    assert not heavy & sys.modules.keys()\n"
        "    ours = {name for name in sys.modules if name.startswith('sge_sim')}\n"
        "    assert ours <= {'sge_sim', 'sge_sim.pytest_plugin'}\n"
    )
    run = run_pytest(tmp_path, "-p", "no:hypothesispytest", "-p", "no:xdist")
    assert run.code == 0, run.output


FILES = """
import io
import zipfile
from datetime import timedelta

C5 = "25946599093143"

def test_files_of_an_order(sge):
    assert sge.flux.read() == []
    today = sge.clock.now().date()
    sge.client("CommandeCollectePublicationMesures").service.commanderCollectePublicationMesures(
        demande={
            "donneesGenerales": {
                "objetCode": "AME",
                "pointId": C5,
                "initiateurLogin": sge.login,
                "contratId": sge.contrat_id,
            },
            "accesMesures": {
                "dateDebut": today,
                "dateFin": today + timedelta(days=300),
                "declarationAccordClient": {
                    "accord": True,
                    "personnePhysique": {"civilite": "M", "nom": "TEST"},
                },
                "mesuresTypeCode": "CDC",
                "soutirage": True,
                "injection": False,
                "mesuresPas": "PT30M",
                "mesuresCorrigees": False,
                "transmissionRecurrente": True,
                "periodiciteTransmission": "P1D",
            },
        }
    )
    sge.clock.advance(timedelta(days=3))
    first, *others = sge.flux.read("R50")
    assert others
    assert sge.flux.read() == [first, *others]
    assert first["publication"] < others[0]["publication"]
    with zipfile.ZipFile(io.BytesIO(sge.flux.content(first["nom"]))) as file:
        (name,) = file.namelist()
        assert C5.encode() in file.read(name)

def test_no_file_is_left(sge):
    assert sge.flux.read() == []

def first_token(dc, application):
    answer = dc.requests_session().post(
        dc.url + "/oauth2/v3/token",
        data={"grant_type": "client_credentials"},
        auth=(application.client_id, application.client_secret),
    )
    return {"Authorization": "Bearer " + answer.json()["access_token"]}

def test_data_connect(sge):
    dc = sge.data_connect
    assert dc.redirect_uri.startswith("http")
    path = dc.url + "/mesure_synchrone_auto/v2/consommation_quotidienne"
    asked = {"pointId": C5, "dateDebut": "2025-07-20", "dateFin": "2025-07-27"}
    statuses = []
    for application in (dc.sandbox, dc.production):
        bearer = first_token(dc, application)
        call = lambda: dc.requests_session().get(path, params=asked, headers=bearer)
        statuses.append(call().status_code)
    assert statuses == [200, 403]
    assert dc.accept(C5)["autorisation_id"]
    assert call().status_code == 200
    dc.revoke(C5)
    assert call().status_code == 403
    assert dc.accept(C5, version="1")["usage_point_id"] == C5

def test_no_consent_is_left(sge):
    dc = sge.data_connect
    assert dc.accept(C5)["autorisation_id"]
"""


def test_the_files_that_an_order_has_published_and_data_connect_are_read(tmp_path: Path) -> None:
    (tmp_path / "test_files.py").write_text(FILES)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nsge_options = --environment production --now 2025-08-01T10:00 --data-connect\n"
    )
    run = run_pytest(tmp_path)
    assert (run.code, "4 passed" in run.output) == (0, True), run.output


def test_a_client_that_loads_its_contract_has_not_called_yet(simulator: RunningSimulator) -> None:
    journal = SgeJournal(Administration(simulator.ready["admin_url"]))
    path = f"{simulator.url}/RecherchePoint/v2.0"
    simulator.session.get(f"{path}?wsdl", timeout=10).raise_for_status()
    assert [each.kind for each in journal.read("RecherchePoint")] == ["http"]
    journal.assert_not_called("RecherchePoint")
    simulator.session.post(path, "<a/>", headers={"Content-Type": "text/xml"}, timeout=10)
    simulator.session.get(f"{path}?wsdl", timeout=10).raise_for_status()
    journal.assert_called("RecherchePoint", times=1)
    journal.assert_answered("RecherchePoint", "SGT562")
