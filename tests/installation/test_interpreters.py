"""The supported interpreters of this machine each import, serve and answer a call.

`PYTHONS` (names or paths, separated by spaces) adds interpreters that aren't on the path.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from running_simulator import start_simulator

ROOT = Path(__file__).parents[2]
CANDIDATES = [
    *("python3.11", "python3.12", "python3.13", "python3.14"),
    *os.environ.get("PYTHONS", "").split(),
]
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")


def version_of(python: str) -> str | None:
    """The version of an interpreter that really runs; a shim that finds nothing doesn't."""
    try:
        done = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def interpreters() -> dict[str, str]:
    """The interpreters found, by version; this one answers for its own."""
    found = {version_of(sys.executable) or "": sys.executable}
    for python in CANDIDATES:
        version = version_of(python)
        if version in SUPPORTED:
            found.setdefault(version, python)
    return found


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("interpreters")


@pytest.fixture(scope="module", params=sorted(interpreters().items()), ids=lambda found: found[0])
def interpreter(request: pytest.FixtureRequest, environment: Path) -> tuple[str, str]:
    """A version, and an interpreter of it that has what sge-sim is installed with."""
    version, python = request.param
    if python == sys.executable:
        return version, python
    venv = environment / version
    subprocess.run([python, "-m", "venv", venv], check=True, capture_output=True)
    executable = str(venv / "bin" / "python")
    subprocess.run(
        [
            *(executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"),
            *("--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")),
        ],
        check=True,
        capture_output=True,
    )
    return version, executable


def run(
    python: str, compiled: Path, script: str, *options: str
) -> subprocess.CompletedProcess[str]:
    """Run a script without what was compiled before: escapes are warned of by the compiler."""
    return subprocess.run(
        [python, *options, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(compiled)},
        check=False,
    )


COMPAT = "from sge_sim.soap import _spyne_compat"
FOUND = "import importlib.metadata as m; print(m.packages_distributions().get('cgi'))"


def test_each_shim_repairs_a_fault_that_is_still_there(
    interpreter: tuple[str, str], tmp_path: Path
) -> None:
    """The hook is needed from 3.12 on, `legacy-cgi` from 3.13 on, silence everywhere."""
    version, python = interpreter
    minor = int(version.partition(".")[2])
    done = run(python, tmp_path / "whole", COMPAT, "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")

    without_hook = run(python, tmp_path / "hook", "import spyne", "-W", "ignore")
    assert ("spyne.util.six.moves" in without_hook.stderr) == (minor >= 12)
    distributed = run(python, tmp_path / "whole", FOUND).stdout.strip()
    assert distributed == ("['legacy-cgi']" if minor >= 13 else "None")
    without_cgi = run(python, tmp_path / "cgi", f"import sys; sys.modules['cgi'] = None; {COMPAT}")
    assert "import of cgi halted" in without_cgi.stderr, "Spyne does without it: let it go"
    aloud = "import warnings; warnings.simplefilter = lambda *_: None; "
    assert "Warning" in run(python, tmp_path / "aloud", aloud + COMPAT, "-W", "always").stderr


def test_interpreter_serves_and_answers(
    interpreter: tuple[str, str],
    environment: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    version, executable = interpreter
    with (
        capsys.disabled(),
        start_simulator(
            environment / f"data-{version}",
            *("--population-size", "1200"),
            python=executable,
            environ={"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error:::spyne"},
            cold=True,
        ) as simulator,
    ):
        print(f"\n  Python {version} : {executable}")
        answer = simulator.session.post(
            simulator.url + "/RecherchePoint/v2.0",
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
            "<r:rechercherPoint xmlns:r="
            '"http://www.enedis.fr/sge/b2b/services/rechercherpoint/v2.0"><criteres>'
            "<numSiret>00040477212266</numSiret></criteres>"
            f"<loginUtilisateur>{simulator.login}</loginUtilisateur>"
            "</r:rechercherPoint></s:Body></s:Envelope>",
            headers={"Content-Type": "text/xml"},
            timeout=10,
        )
        assert isinstance(answer, requests.Response)
        assert answer.status_code == 200
        assert 'id="98610000000367"' in answer.text
