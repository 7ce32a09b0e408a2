"""What travels: the wheel, alone in an empty environment, in another folder."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from running_simulator import START_SECONDS, RunningSimulator
from waiting import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("dist"))


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


def test_wheel_alone_serves_the_ten_documents(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    # The dependencies are those of this environment; the project itself comes from the wheel.
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, wheel],
        check=True,
        capture_output=True,
    )
    ready_file = tmp_path / "ready.json"
    command = [
        *(sys.executable, "-m", "sge_sim", "serve", "--data-dir", str(tmp_path / "data")),
        *("--port", "0", "--admin-port", "0", "--ready-file", str(ready_file)),
        *("--population-size", "1200"),
    ]
    environ = {**os.environ, "PYTHONPATH": str(site)}
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            eventually(lambda: process.poll() is not None or ready_file.exists(), START_SECONDS)
            assert process.poll() is None, process.stdout and process.stdout.read()
            ready = json.loads(ready_file.read_text())
            session = RunningSimulator(ready, tmp_path / "data").session
            documents = list((ROOT / "wsdl").glob("*.wsdl"))
            assert documents
            for document in documents:
                service, _, version = document.stem.rpartition("-v")
                answer = session.get(f"{ready['b2b_url']}/{service}/v{version}?wsdl", timeout=10)
                assert answer.status_code == 200
                assert f"{ready['b2b_url']}/{service}/v{version}" in answer.text
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


def test_the_same_tree_in_two_folders_makes_the_same_wheel(tmp_path: Path) -> None:
    made = []
    for number, umask in ((1, 0o022), (2, 0o077)):
        tree, out = tmp_path / f"tree{number}", tmp_path / f"out{number}"
        tree.mkdir()
        for name in ("sge_sim", "wsdl", "catalog", "certs"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, tree)
        os.utime(tree / "README.md", (number * 10**9,) * 2)
        environ = {**os.environ, "SOURCE_DATE_EPOCH": "1767225600"}
        made.append(build_wheel(tree, out, umask=umask, env=environ).read_bytes())
    assert made[0] == made[1]
