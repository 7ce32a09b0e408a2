"""The Debian package: installed, run and removed in a root of bookworm, by its tools."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from bare_root import BareRoot, call
from conftest import built

pytestmark = pytest.mark.packaging


@pytest.fixture(scope="module")
def package() -> Path:
    return built("sge-sim_*_amd64.deb")


def test_lintian_finds_nothing(package: Path) -> None:
    if shutil.which("lintian") is None:
        pytest.fail("lintian is needed (Debian: apt-get install lintian)")
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error,warning", package],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def installed(
    package: Path, debian: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BareRoot]:
    """A root of bookworm with nothing but what debootstrap lays, and the package."""
    folder = tmp_path_factory.mktemp("debian") / "root"
    subprocess.run(["cp", "-a", "--reflink=auto", debian, folder], check=True)
    shutil.rmtree(folder / "build", ignore_errors=True)
    shutil.copy(package, folder / "tmp" / "sge-sim.deb")
    (folder / "state").mkdir(mode=0o1777)
    dpkg = ["chroot", folder, "dpkg"]
    subprocess.run([*dpkg, "-i", "/tmp/sge-sim.deb"], check=True, capture_output=True)
    yield BareRoot(folder, ("/usr/bin/sge-sim",))
    subprocess.run([*dpkg, "--purge", "sge-sim"], check=True, capture_output=True)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*sge-sim*")}
    left = {name for name in names if not name.startswith(("state/", "var/lib/dpkg/"))}
    assert left == {"tmp/sge-sim.deb"}


def test_the_command_of_its_unit_serves(installed: BareRoot) -> None:
    unit = (installed.folder / "usr/lib/systemd/system/sge-sim.service").read_text()
    assert "ExecStart=/usr/bin/sge-sim serve --data-dir /var/lib/sge-sim" in unit
    with installed.serving("--port", "0", "--admin-port", "0", "--log", "text") as ready:
        answer = call(ready, installed, f"{ready['b2b_url']}/RecherchePoint/v2.0")
        assert 'point id="98610000000367"' in answer


def test_systemd_admits_its_unit(installed: BareRoot, tmp_path: Path) -> None:
    # The root has no systemd, whose targets the unit asks for: this machine's verifies it.
    unit = (installed.folder / "usr/lib/systemd/system/sge-sim.service").read_text()
    program = str(installed.folder / "usr" / "lib" / "sge-sim" / "sge-sim")
    copied = tmp_path / "sge-sim.service"
    copied.write_text(unit.replace("/usr/bin/sge-sim", program))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copied], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_shell_completes_its_commands(installed: BareRoot) -> None:
    shells = installed.folder / "usr" / "share"
    for path in (
        "bash-completion/completions/sge-sim",
        "zsh/vendor-completions/_sge-sim",
        "fish/vendor_completions.d/sge-sim.fish",
    ):
        assert "_SGE_SIM_COMPLETE" in (shells / path).read_text()
