"""This interpreter imports Spyne; `make test-pythons` asks all that are promised."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def run(script: str, compiled: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a script without what was compiled before: escapes are warned of by the compiler."""
    return subprocess.run(
        [sys.executable, *options, "-c", script],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(compiled)},
        check=False,
    )


COMPAT = "from sge_sim.soap import _spyne_compat"
FOUND = "import importlib.metadata as m; print(m.packages_distributions().get('cgi'))"


def test_each_shim_repairs_a_fault_that_is_still_there(tmp_path: Path) -> None:
    """The hook is needed from 3.12 on, `legacy-cgi` from 3.13 on, silence everywhere."""
    minor = sys.version_info.minor
    done = run(COMPAT, tmp_path / "whole", "-W", "error")
    assert (done.returncode, done.stderr) == (0, "")

    without_hook = run("import spyne", tmp_path / "whole", "-W", "ignore")
    assert ("spyne.util.six.moves" in without_hook.stderr) == (minor >= 12)
    distributed = run(FOUND, tmp_path / "whole").stdout.strip()
    assert distributed == ("['legacy-cgi']" if minor >= 13 else "None")
    without_cgi = run(f"import sys; sys.modules['cgi'] = None; {COMPAT}", tmp_path / "whole")
    assert "import of cgi halted" in without_cgi.stderr, "Spyne does without it: let it go"
    aloud = "import warnings; warnings.simplefilter = lambda *_: None; "
    assert "Warning" in run(aloud + COMPAT, tmp_path / "aloud", "-W", "always").stderr


def test_the_versions_that_are_promised_are_those_that_are_tried() -> None:
    classifiers = [each.rpartition(" :: ")[2] for each in PROJECT["classifiers"]]
    promised = [each for each in classifiers if each.startswith("3.")]
    (asked,) = re.findall(r"^VERSIONS \?= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert asked.split() == promised
    last = int(promised[-1].removeprefix("3."))
    assert PROJECT["requires-python"] == f">={promised[0]},<3.{last + 1}"


def test_an_interpreter_that_is_not_there_is_named_and_fails(tmp_path: Path) -> None:
    shim = tmp_path / "python3.98"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    done = subprocess.run(
        ["make", "-s", "test-pythons", "VERSIONS=3.98 3.99"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )
    assert done.returncode == 2
    assert "Not on this machine: python3.98 python3.99 (" in done.stderr
    assert done.stdout == ""
