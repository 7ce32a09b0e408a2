"""The Debian package: installed, run and removed in a root of bookworm, by its tools."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bare_root import SECONDS, BareRoot, call
from dist_files import built
from typed import ROOT, typed
from waiting import eventually

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


Inside = Callable[[str], str]
"""Runs a command in /root of the machine, and returns what it wrote, however it ended."""


@pytest.fixture(scope="module")
def inside(
    package: Path, debian: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    """A machine of bookworm that runs systemd, with the package and one of the next version."""
    if shutil.which("systemd-nspawn") is None:
        pytest.fail("systemd-nspawn is needed (Debian: apt-get install systemd-container)")
    root = debian.with_name("systemd")
    made = [ROOT / "packaging" / "root.sh", "bookworm", root, "systemd,systemd-sysv,dbus"]
    subprocess.run(made, check=True, timeout=1200)
    folder = tmp_path_factory.mktemp("machine") / "sge-sim-machine"
    subprocess.run(["cp", "-a", "--reflink=auto", root, folder], check=True)
    shutil.copy(package, folder / "root")
    make_next_version(package, folder)
    started = ["systemd-nspawn", "-q", "-D", folder, "--register=no", "--keep-unit"]
    with subprocess.Popen(
        [*started, "--private-network", "--boot"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")

        def run(command: str) -> str:
            init = children.read_text().split()[0]
            entered = ["nsenter", f"--target={init}", "-m", "-u", "-i", "-n", "-p", "-r", "--"]
            environ = ["/usr/bin/env", "-i", "HOME=/root", "PATH=/usr/sbin:/usr/bin"]
            shell = ["sh", "-c", f"cd /root && {command}"]
            done = subprocess.run(
                [*entered, *environ, *shell], capture_output=True, text=True, timeout=SECONDS
            )
            return done.stdout.strip() if done.returncode == 0 else done.stdout + done.stderr

        try:
            eventually(lambda: bool(children.read_text()), SECONDS)
            state = "systemctl is-system-running"
            eventually(lambda: run(state).startswith(("run", "degr")), SECONDS)
            yield run
        finally:
            run("systemctl poweroff")
            try:
                process.wait(SECONDS)
            finally:
                process.kill()


def make_next_version(package: Path, folder: Path) -> None:
    """Lay the same package as 0.1.1 into /root of the machine."""
    laid = folder / "laid"
    subprocess.run(["dpkg-deb", "-R", package, laid], check=True)
    control = laid / "DEBIAN" / "control"
    control.write_text(control.read_text().replace("Version: 0.1.0", "Version: 0.1.1"))
    made = folder / "root" / package.name.replace("0.1.0", "0.1.1")
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", laid, made], check=True
    )
    shutil.rmtree(laid)


@pytest.mark.mises_a_jour
def test_what_ran_before_an_upgrade_runs_after_it(inside: Inside) -> None:
    """By the commands of the page, in their order, under systemd."""
    install, enable, journal, purge = typed("Le paquet Debian")
    link = "/etc/systemd/system/multi-user.target.wants/sge-sim.service"

    def pid() -> str:
        return inside("systemctl show --property MainPID --value sge-sim")

    def is_active() -> str:
        return inside("systemctl is-active sge-sim").strip()

    def serving() -> int:
        return inside(journal).count("Tableau de bord")

    inside(install)
    assert is_active() == "inactive", "a first installation starts nothing"
    inside(enable)
    eventually(lambda: serving() == 1, SECONDS)
    before = pid()
    inside(install.replace("0.1.0", "0.1.1"))
    assert inside("dpkg-query -W -f '${Version}' sge-sim") == "0.1.1"
    assert is_active() == "active"
    assert pid() not in ("0", before)
    eventually(lambda: serving() == 2, SECONDS)
    inside("systemctl stop sge-sim")
    inside(install.replace("install", "install --allow-downgrades -y"))
    assert is_active() == "inactive"
    inside("systemctl start sge-sim")
    inside("apt-get remove -y sge-sim")
    assert is_active() == "inactive"
    assert "sge-sim.db" in inside("ls /var/lib/sge-sim/")
    inside(purge)
    assert "No such file" in inside(f"ls -d {link}")
    assert "No such file" in inside("ls -d /var/lib/sge-sim")
