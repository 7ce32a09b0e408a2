"""The examples of a kit, run as its reader runs them: from the folder of the unzipped kit."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import certifi
from running_simulator import RunningSimulator

POINT = "25946599093143"
UNKNOWN_POINT = "99999999999999"


def unzip_kit(simulator: RunningSimulator, folder: Path) -> Path:
    """Have the simulator write its kit, unzip it in `folder`, and return the kit's folder."""
    archive = folder / "kit.zip"
    done = simulator.command("kit", str(archive), "--url", simulator.url)
    assert done.returncode == 0, done.stderr
    assert "CLÉ PRIVÉE" in done.stderr
    with zipfile.ZipFile(archive) as content:
        content.extractall(folder)
    return folder / "kit-sge"


def with_unknown_point(kit: Path, folder: Path) -> Path:
    """Copy the kit into `folder` with a point that doesn't exist in every request; return it."""
    copied = shutil.copytree(kit, folder / kit.name)
    for file in (copied / "demande.xml", *(copied / "exemples").iterdir()):
        file.write_text(file.read_text("utf-8").replace(POINT, UNKNOWN_POINT), "utf-8")
    return copied


def assert_answered(kit: Path, *command: str) -> str:
    """Assert that the example ends well and shows what SGE knows of the point; return its words."""
    done = _run(kit, command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert POINT in done.stdout
    assert "C5" in done.stdout
    return done.stdout


def assert_refused(kit: Path, *command: str) -> None:
    """Assert that the example, of a kit with an unknown point, fails with code and label."""
    done = _run(kit, command)
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    assert "SGT401" in said, said
    assert "point inexistant" in said


def _run(kit: Path, command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    # What integrators' machines have: another trust store, and perhaps a proxy.
    environ = {
        **os.environ,
        "REQUESTS_CA_BUNDLE": certifi.where(),
        "NO_PROXY": "localhost",
        "no_proxy": "localhost",
    }
    return subprocess.run(
        command, cwd=kit, env=environ, capture_output=True, encoding="utf-8", timeout=60
    )
