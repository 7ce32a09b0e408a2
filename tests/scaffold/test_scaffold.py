"""A new service: its contract, its folder and its cases, and nothing else that is touched."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).with_name("jouet.wsdl")
PATH = "/DemandeJouet/v1.0"
RELEASE = """\
release: sge-99.1
reference: 2026-01-05
dates_originales: {du: 2026-01-05, au: 2026-02-01}
packages: [jouets]
resume: Une version pour un jouet.
differences: [Le jouet.]
sources: [sge-sim]
"""
CASES = """\
package: jouets
cas:
  JOUET-R1:
    titre: Un jouet
    signification: La demande est servie.
    service: DemandeJouet
    version: "1.0"
    objet: JOUET
    etat_du_point: En service
    accord: sans objet
    requete:
      donneesGenerales: {pointId: "{prm}", initiateurLogin: "{login}", contratId: "{contrat_id}"}
      jour: aujourdhui
      taille: 3
    executions: {C5: {prm: "25884515170669"}}
    attendu: {succes: []}
    provenance: assumed
    source: sge-sim
  JOUET-NR1:
    reprend: JOUET-R1
    titre: Un jouet sur un point inexistant
    executions: {C5: {prm: "99999999999999"}}
    attendu: {refus: SGT401, libelle: "Demande non recevable : point inexistant"}
  JOUET-NR2:
    reprend: JOUET-R1
    titre: Un jouet demandé par un inconnu
    requete: {donneesGenerales: {initiateurLogin: "personne@exemple.fr"}}
    attendu: {refus: SGT504, libelle: "Problème : utilisateur non trouvé"}
"""

OPEN_AND_EXPORT = """\
import sys
from pathlib import Path
from sge_sim.processes.simulator import open_simulator
from sge_sim.settings import Settings
from sge_sim.cli import main
open_simulator(Settings(data_dir=Path(sys.argv[1]), population_size=0))
sys.argv[1:] = ["kit", "--data-dir", *sys.argv[1:]]
main()
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree, with what mypy knows of it if it has seen it."""
    folder = tmp_path_factory.mktemp("copy")
    known = f".mypy_cache/{sys.version_info.major}.{sys.version_info.minor}"
    for name in ("sge_sim", "scaffold", "wsdl", "catalog", "certs", "tests", known):
        if not (ROOT / name).exists():
            continue
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def run(copy: Path) -> Run:
    """Run Python in the copy."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def started(copy: Path, run: Run) -> list[str]:
    """The files of a service that was started in the copy, with its cases."""
    done = run("-m", "scaffold", "DemandeJouet", TOY, "--package", "Jouets")
    assert done.returncode == 0, done.stderr
    release = copy / "catalog" / "sge-99.1"
    release.mkdir()
    (release / "release.yaml").write_text(RELEASE)
    (release / "jouets.yaml").write_text(CASES)
    return done.stdout.splitlines()


def test_a_contract_its_folder_and_its_test_are_written(started: list[str]) -> None:
    assert started == [
        "wsdl/DemandeJouet-v1.0.wsdl",
        *(
            f"sge_sim/services/demande_jouet/{name}.py"
            for name in ("__init__", "answer", "demande", "rules", "service")
        ),
        "tests/services/demande_jouet/test_demande_jouet.py",
    ]


def test_what_is_written_serves_and_refuses(started: list[str], run: Run, tmp_path: Path) -> None:
    # A folder of its own: pytest clears away those of the runs before, this one's too.
    own = ("--basetemp", str(tmp_path / "own"))
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *own, started[-1])
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_what_is_written_needs_no_rewriting(started: list[str], run: Run, copy: Path) -> None:
    python = [name for name in started if name.endswith(".py")]
    assert run("-m", "ruff", "check", "--fix", "--quiet", *python).returncode == 0
    assert run("-m", "ruff", "format", "--quiet", *python).returncode == 0
    typed = [name for name in python if not name.startswith("tests")]
    done = run("-m", "mypy", *typed)
    assert done.returncode == 0, done.stdout


def test_a_block_is_read_once(started: list[str], copy: Path) -> None:
    (service,) = [name for name in started if name.endswith("service.py")]
    written = (copy / service).read_text(encoding="utf-8")
    asks, _, handled = written.partition("def handle")
    for part in (asks, handled):
        assert part.count('"donneesGenerales"') == 1
        assert part.count('"pointId"') == 1
        assert part.count('"initiateurLogin"') == 1


def test_its_codes_are_listed(started: list[str], run: Run) -> None:
    page = run("-m", "sge_sim.services.documentation").stdout
    assert "\n## DemandeJouet v1.0\n" in page
    codes = page.partition("\n## DemandeJouet")[2].partition("\n## ")[0]
    assert "(`DemandeJouet/point_connu`, indispensable)" in codes


def test_the_kit_offers_it(started: list[str], run: Run, tmp_path: Path) -> None:
    done = run("-c", OPEN_AND_EXPORT, tmp_path / "state", tmp_path / "kit.zip")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "kit.zip") as kit:
        assert PATH.encode() in kit.read("kit-sge/wsdl/DemandeJouet-v1.0.wsdl")
        assert f"DemandeJouet;1.0;jouets;https://localhost:8443{PATH};" in kit.read(
            "kit-sge/services.csv"
        ).decode("utf-8-sig")


@pytest.mark.parametrize(
    ("disabled", "expected"), [((), 0), (("DemandeJouet/utilisateur_connu",), 1)]
)
def test_its_package_is_judged(
    started: list[str], run: Run, tmp_path: Path, disabled: tuple[str, ...], expected: int
) -> None:
    options = [option for rule in disabled for option in ("--disabled-rules", rule)]
    done = run(
        *("-m", "sge_sim", "homologate", "--release", "99.1", "--package", "jouets"),
        *("--report", tmp_path / "report", *options),
    )
    assert done.returncode == expected, done.stdout + done.stderr
    assert "jouets" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("recherchePoint", TOY), "« recherchePoint » n'est pas un nom de service"),
        (("RecherchePoint", TOY), "sge_sim/services/recherche_point existe déjà"),
        (("Autre", "absent.wsdl"), "absent.wsdl n'est pas un fichier"),
        (("Autre", "pyproject.toml"), "n'est pas un document XML lisible"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    copy: Path, run: Run, arguments: tuple[object, ...], told: str
) -> None:
    done = run("-m", "scaffold", *arguments)
    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (copy / "sge_sim/services/autre").exists()
