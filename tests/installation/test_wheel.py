"""What travels: the wheel, alone in an empty environment, in another folder. It serves and answers
by this interpreter; `make test-pythons` asks all that are promised."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from demandes import recherche
from running_simulator import START_SECONDS, RunningSimulator
from waiting import eventually

ROOT = Path(__file__).parents[2]
DATE = "1767225600"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    environ = {**os.environ, "SOURCE_DATE_EPOCH": DATE}
    return build_wheel(ROOT, tmp_path_factory.mktemp("dist"), umask=0o022, env=environ)


def build_wheel(tree: Path, folder: Path, **options: Any) -> Path:
    """Build the wheel of a tree into an empty folder."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, tree]
    subprocess.run(command, check=True, capture_output=True, **options)
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_carries_the_contracts_the_catalogue_and_the_authorities(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder, pattern in (("wsdl", "*.wsdl"), ("catalog", "**/*.yaml"), ("certs", "*.yaml")):
        files = list((ROOT / folder).glob(pattern))
        assert files, folder
        for file in files:
            assert f"sge_sim/_data/{file.relative_to(ROOT).as_posix()}" in names
    assert not [name for name in names if name.endswith((".pem", ".key", ".p12", ".db"))]
    installed = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert installed == {"sge_sim"}


def test_wheel_names_the_addresses_that_are_given_and_no_other(wheel: Path, tmp_path: Path) -> None:
    def addresses(built: Path) -> list[str]:
        (metadata,) = (n for n in zipfile.ZipFile(built).namelist() if n.endswith("/METADATA"))
        lines = zipfile.ZipFile(built).read(metadata).decode("utf-8").splitlines()
        return [line for line in lines if line.startswith("Project-URL")]

    given = {"RELEASE_URL": "https://sge-sim.example", "RELEASE_ISSUES": ""}
    named = build_wheel(ROOT, tmp_path, env={**os.environ, **given})
    assert addresses(named) == ["Project-URL: Homepage, https://sge-sim.example"]
    assert addresses(wheel) == []


PIP = ("pip", "install", "-q", "--no-deps", "--no-compile")


def test_wheel_alone_serves_the_ten_documents_and_answers(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    # The dependencies are those of this environment; the project itself comes from the wheel.
    subprocess.run(
        [sys.executable, "-m", *PIP, "--target", site, wheel], check=True, capture_output=True
    )
    ready_file = tmp_path / "ready.json"
    command = [
        *(sys.executable, "-m", "sge_sim", "serve", "--data-dir", str(tmp_path / "data")),
        *("--port", "0", "--admin-port", "0", "--ready-file", str(ready_file)),
        *("--population-size", "1200"),
    ]
    warned = {"PYTHONWARNINGS": "error:::spyne"}
    environ = {**os.environ, **warned, "PYTHONPATH": str(site)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            eventually(lambda: process.poll() is not None or ready_file.exists(), START_SECONDS)
            assert process.poll() is None, process.stdout and process.stdout.read()
            simulator = RunningSimulator(json.loads(ready_file.read_text()), tmp_path / "data")
            answer = simulator.post("/RecherchePoint/v2.0", recherche(simulator.login))
            assert (answer.status_code, 'id="98610000000367"' in answer.text) == (200, True)
            documents = list((ROOT / "wsdl").glob("*.wsdl"))
            assert documents
            for document in documents:
                service, _, version = document.stem.rpartition("-v")
                url = f"{simulator.url}/{service}/v{version}"
                answer = simulator.session.get(f"{url}?wsdl", timeout=10)
                assert (answer.status_code, url in answer.text) == (200, True)
            where = subprocess.run(
                [sys.executable, "-c", "import sge_sim; print(sge_sim.__file__)"],
                cwd=tmp_path,
                env=environ,
                capture_output=True,
                text=True,
                check=True,
            )
            assert where.stdout.startswith(str(site))
        finally:
            process.terminate()
            process.wait(20)


def test_the_same_tree_in_two_folders_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("sge_sim", "wsdl", "catalog", "certs"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "packaging").mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "packaging/project_urls.py"):
        shutil.copy(ROOT / name, tree / name)
    os.utime(tree / "README.md", (2 * 10**9,) * 2)
    environ = {**os.environ, "SOURCE_DATE_EPOCH": DATE}
    made = build_wheel(tree, tmp_path / "out", umask=0o077, env=environ)
    assert made.read_bytes() == wheel.read_bytes()
