"""A new service: its contract, its folder and its cases, and nothing else that is touched; a new
flux: its folder and its test."""

import io
import re
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from scaffold.__main__ import main

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).with_name("jouet.wsdl")
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


def run(copy: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, timeout=120)


def scaffold(copy: Path, *arguments: object) -> str:
    """Start a service in the copy; return what is printed."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out):
        patch.setattr("scaffold.__main__.ROOT", copy)
        main([*map(str, arguments)])
    return out.getvalue()


@pytest.fixture(scope="module")
def started(copy: Path) -> list[str]:
    """The files of a service that was started in the copy, with its cases."""
    written = scaffold(copy, "DemandeJouet", TOY, "--package", "Jouets")
    release = copy / "catalog" / "sge-99.1"
    release.mkdir()
    (release / "release.yaml").write_text(RELEASE)
    (release / "jouets.yaml").write_text(CASES)
    return written.splitlines()


def test_a_contract_its_folder_and_its_test_are_written(started: list[str]) -> None:
    assert started == [
        "wsdl/DemandeJouet-v1.0.wsdl",
        *(
            f"sge_sim/services/demande_jouet/{name}.py"
            for name in ("__init__", "answer", "demande", "rules", "service")
        ),
        "tests/services/demande_jouet/test_demande_jouet.py",
    ]


def test_what_is_written_serves_and_refuses_and_its_package_is_judged(
    started: list[str], copy: Path, tmp_path: Path
) -> None:
    # A folder of its own: pytest clears away those of the runs before, this one's too.
    own = ("--basetemp", tmp_path / "own", "-p", "no:cacheprovider")
    done = run(copy, "-m", "pytest", "-q", *own, started[-1], "tests/scaffold/started_service.py")
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout


def test_what_is_written_needs_no_rewriting(started: list[str], copy: Path) -> None:
    python = [name for name in started if name.endswith(".py")]
    assert run(copy, "-m", "ruff", "check", "--fix", "--quiet", *python).returncode == 0
    assert run(copy, "-m", "ruff", "format", "--quiet", *python).returncode == 0
    typed = [name for name in python if not name.startswith("tests")]
    done = run(copy, "-m", "mypy", *typed)
    assert done.returncode == 0, done.stdout


def test_a_block_is_read_once(started: list[str], copy: Path) -> None:
    (service,) = [name for name in started if name.endswith("service.py")]
    written = (copy / service).read_text(encoding="utf-8")
    asks, _, handled = written.partition("def handle")
    for part in (asks, handled):
        assert part.count('"donneesGenerales"') == 1
        assert part.count('"pointId"') == 1
        assert part.count('"initiateurLogin"') == 1


def test_a_flux_is_a_folder_and_its_test(copy: Path, tmp_path: Path) -> None:
    written = run(copy, "-m", "scaffold.flux", "R52").stdout.splitlines()
    folder = [f"sge_sim/flux/r52/{name}.py" for name in ("__init__", "ecriture", "flux")]
    assert written == [*folder, "tests/flux/test_r52.py"]
    own = ("--basetemp", tmp_path / "own", "-p", "no:cacheprovider")
    around = ("tests/flux/test_flux_periodes.py", "tests/flux/test_flux_arretes.py")
    done = run(copy, "-m", "pytest", "-q", *own, written[-1], *around)
    assert done.returncode == 0, done.stdout
    for check in (("check", "--fix"), ("format",)):
        assert run(copy, "-m", "ruff", *check, "--quiet", *written).returncode == 0
    done = run(copy, "-m", "mypy", *folder)
    assert done.returncode == 0, done.stdout
    refused = {nom: run(copy, "-m", "scaffold.flux", nom) for nom in ("r52", "R52", "r50")}
    assert {done.returncode for done in refused.values()} == {1}
    assert "n'est pas un nom de flux" in refused["r52"].stderr
    assert "R52 existe déjà" in refused["R52"].stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("recherchePoint", TOY), "« recherchePoint » n'est pas un nom de service"),
        (("RecherchePoint", TOY), "sge_sim/services/recherche_point existe déjà"),
        (("Autre", "absent.wsdl"), "absent.wsdl n'est pas un fichier"),
        (("Autre", ROOT / "pyproject.toml"), "n'est pas un document XML lisible"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(
    copy: Path, arguments: tuple[object, ...], told: str
) -> None:
    with pytest.raises(SystemExit, match=re.escape(told)) as end:
        scaffold(copy, *arguments)
    assert "\n" not in str(end.value.code)
    assert not (copy / "sge_sim/services/autre").exists()
