"""Every command that reads a user's file: devices, folders, pipes, what never ends or is too deep.

None shows a traceback or waits for what doesn't come; what is refused is said in one sentence.
"""

import os
import subprocess
from pathlib import Path

import pytest
from loaded_programs import run_module
from made_states import copy_state, settings_of

SECONDS = 60
MARK = "FILE"

PKI = ("--data-dir", "DATA")
READERS = {
    "cert check": ("cert", "check", MARK, "--environment", "homologation", *PKI),
    "cert register": ("cert", "register", MARK, "--environment", "homologation", *PKI),
    "cert revoke": ("cert", "revoke", MARK, *PKI),
    "acteurs certificat": (
        *("acteurs", "certificat", "TIERS1", MARK, "--environment", "homologation"),
        *PKI,
    ),
    "cert authorities": ("cert", "authorities", "--authorities-file", MARK),
    "report verify": ("report", "verify", MARK),
    "report pdf": ("report", "pdf", MARK),
    "report suivi": ("report", "suivi", MARK, "--modele", MARK),
    "catalog import": ("catalog", "import", MARK),
    "homologate --reprise": ("homologate", "--reprise", MARK),
    "homologate --echecs-attendus": ("homologate", "--echecs-attendus", MARK),
    "homologate --certificat": (
        *("homologate", "--cible", "https://localhost:1", "--oui"),
        *("--certificat", MARK, "--cle", MARK, "--login", "x", "--contrat", "1"),
    ),
    "doctor": ("doctor", "--certificat", MARK, "--cle", MARK),
    "serve --authorities-file": (
        *("serve", "--port", "0", "--admin-port", "0", "--population-size", "0"),
        *(*PKI, "--authorities-file", MARK),
    ),
}
DEEP = 200_000
# What read all of a device would end here, not with the machine's memory.
BOUND = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, -1))"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state")
    copy_state(folder, settings_of(("--population-size", "0")))
    return folder


def run(reader: str, file: str, data_dir: Path, *, before: str = "") -> str:
    """Run a command on `file`; return what it says, having refused it without a traceback."""
    arguments = [{MARK: file, "DATA": str(data_dir)}.get(one, one) for one in READERS[reader]]
    done = run_module("sge_sim", arguments, before=f"{BOUND}\n{before}", timeout=SECONDS)
    told = done.stdout + done.stderr
    assert done.returncode in (1, 2), told
    assert "Traceback" not in told, told
    return told


@pytest.mark.parametrize("file", ["/dev/zero", "FOLDER"])
@pytest.mark.parametrize("reader", READERS)
def test_devices_and_folders_are_refused(
    reader: str, file: str, data_dir: Path, tmp_path: Path
) -> None:
    told = run(reader, str(tmp_path) if file == "FOLDER" else file, data_dir)
    lines = [line for line in told.splitlines() if "Préparation" not in line]
    assert len(lines) == 1, told


@pytest.mark.parametrize("opening", [b"[", b"- ", b'{"a":'])
@pytest.mark.parametrize("reader", READERS)
def test_what_is_nested_too_deep_is_refused(
    reader: str, opening: bytes, data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "deep").write_bytes(opening * DEEP)
    assert run(reader, str(tmp_path / "deep"), data_dir)


@pytest.mark.parametrize("reader", READERS)
def test_a_pipe_that_never_ends_is_read_up_to_a_bound(
    reader: str, data_dir: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", f"exec cat /dev/zero > {pipe}"]) as endless:
        try:
            assert run(reader, str(pipe), data_dir)
        finally:
            endless.kill()


@pytest.mark.parametrize(
    "reader", [one for one in READERS if one not in ("doctor", "homologate --certificat")]
)
def test_a_dash_is_the_standard_input(reader: str, data_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(b"nothing that any of them can use")
    told = run(reader, "-", data_dir, before=_given(tmp_path / "given"))
    assert "n'existe pas" not in told
    assert "vérifier le chemin" not in told


def test_a_certificate_comes_on_the_standard_input(data_dir: Path) -> None:
    chain = data_dir / "pki" / "clients" / "tiers" / "chain.pem"
    arguments = ("cert", "check", "-", "--environment", "homologation", "--data-dir", str(data_dir))
    done = run_module("sge_sim", arguments, before=_given(chain))
    assert done.returncode == 0, done.stderr


def _given(file: Path) -> str:
    """Return Python that makes `file` the standard input."""
    return f"import os; os.dup2(os.open({str(file)!r}, os.O_RDONLY), 0)"
