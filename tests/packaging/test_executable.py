"""The executable, in a root that holds glibc alone, with an empty PATH."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from bare_root import BareRoot, call
from dist_files import DIST, built
from typed import run, running, typed

pytestmark = pytest.mark.packaging

MB = 1_000_000
ROOT = Path(__file__).parents[2]


def test_it_is_small() -> None:
    held = [path.lstat() for path in (DIST / "sge-sim").rglob("*")]
    assert sum(stat.st_blocks * 512 for stat in held) <= 100 * MB
    assert built("sge-sim-*-linux-x86_64.tar.gz").stat().st_size <= 50 * MB


def test_it_carries_the_pages_of_the_help() -> None:
    (site,) = (DIST / "sge-sim").rglob("aide.zip")
    assert {"index.html", "decouvrir.html", "sections.json.xz"} <= set(ZipFile(site).namelist())


def test_it_serves_a_call_and_starts_again_soon(bare: BareRoot) -> None:
    with bare.serving("--data-connect") as ready:
        answer = call(ready, bare, f"{ready['b2b_url']}/RecherchePoint/v2.0")
        assert 'point id="98610000000367"' in answer
        assert "data_connect_url" in ready
        assert bare.run("health", "--data-dir", "/state/sge").stdout == "ok\n"
        done = bare.run("clock", "advance", "1d", "--data-dir", "/state/sge")
        assert done.returncode == 0, done.stderr
    begun = time.monotonic()
    with bare.serving():
        print(f"second start: {time.monotonic() - begun:.2f} s")


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("sge-sim, version", "--version"),
        ("AHC-R1", "catalog list"),
        ("AHC-R1", "catalog show AHC-R1"),
        ("CommandeArretService", "generations"),
        ("prm", "points modele"),
        ("25884515170669", "points show 25884515170669 --data-dir /state/sge"),
        ("25884515170669", "points list --data-dir /state/sge"),
        ("TIERS1", "acteurs list --data-dir /state/sge"),
        ("gandi", "cert authorities"),
        ("", "cert issue --autorite gandi --nom a.fr --sortie /state/c --data-dir /state/sge"),
        ("", "cert check /state/c/chain.pem /state/c/key.pem --data-dir /state/sge"),
        ("", "doctor --certificat /state/c/chain.pem --cle /state/c/key.pem"),
        ("RecherchePoint", "journal list --data-dir /state/sge"),
        ("", "flux list --data-dir /state/sge"),
        ("", "applications list --data-dir /state/sge"),
        ("/etc/hosts", "hosts --data-dir /state/sge"),
        ("", "kit /state/kit.zip --data-dir /state/sge"),
    ],
)
def test_every_command_runs(bare: BareRoot, said: str, command: str) -> None:
    done = bare.run(*command.split())
    assert "Traceback" not in done.stderr
    judges = command.startswith(("doctor", "cert check"))
    assert done.returncode in ((0, 1) if judges else (0,)), done.stderr
    assert said in done.stdout


def test_it_homologates_four_packages_on_a_simulator_of_its_own(bare: BareRoot) -> None:
    begun = time.monotonic()
    done = bare.run("homologate", "--rapport", "/state/report")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    print(f"homologation: {time.monotonic() - begun:.0f} s")
    report = bare.outside("/state/report")
    names = {path.suffix for path in report.iterdir()}
    assert {".html", ".xlsx", ".xml", ".json", ".zip"} <= names
    (evidence,) = (path.name for path in report.glob("*.zip"))
    assert bare.run("report", "verify", f"/state/report/{evidence}").returncode == 0
    assert bare.run("report", "pdf", "/state/report").returncode == 0
    assert any(path.read_bytes().startswith(b"%PDF") for path in report.rglob("*.pdf"))


def test_it_homologates_data_connect(bare: BareRoot) -> None:
    done = bare.run("homologate", "--package", "data-connect", "--rapport", "/state/dc")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


def test_another_build_in_another_folder_has_the_same_bytes(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    for name in ("packaging", "requirements"):
        shutil.copytree(ROOT / name, tree / name)
    shutil.copy(ROOT / "LICENSE", tree)
    wheel = built("sge_sim-*.whl")
    command = [tree / "packaging" / "executable.sh", wheel, tmp_path / "dist"]
    subprocess.run(command, check=True, timeout=1200)
    archive = built("sge-sim-*-linux-x86_64.tar.gz")
    assert (tmp_path / "dist" / archive.name).read_bytes() == archive.read_bytes()


def test_the_page_s_commands_unpack_it_and_serve(tmp_path: Path) -> None:
    unpack, serve = typed("L'exécutable")
    shutil.copy(built("sge-sim-*-linux-x86_64.tar.gz"), tmp_path)
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    run(unpack, tmp_path, environ)
    with running(serve, tmp_path, environ, within=("unshare", "--net")):
        assert (tmp_path / ".local" / "share" / "sge-sim" / "sge-sim.db").exists()


@pytest.mark.parametrize("command", [each for each in typed("Avec Python") if "install" in each])
def test_the_wheel_is_installed_as_the_page_says(command: str, tmp_path: Path) -> None:
    """From the index that this machine's pip has."""
    tool = command.split()[0]
    if tool != "pip" and shutil.which(tool) is None:
        pytest.skip(f"no {tool} on this machine")
    shutil.copy(built("sge_sim-*.whl"), tmp_path)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    programs = str(tmp_path / "venv" / "bin")
    environ = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        **dict.fromkeys(("PIPX_BIN_DIR", "UV_TOOL_BIN_DIR"), programs),
    }
    run(command, tmp_path, environ)
    assert run("sge-sim --version", tmp_path, environ).startswith("sge-sim, version")
