"""Notes which tests run each line of the package in the processes of pytest, and their times.

python tests/mutants/note_lines.py FOLDER PROCESSES
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from drawn_mutants import ROOT
from lxml import etree
from nearest_tests import TESTS, is_of_another_target
from tests_that_run import LINES, SECONDS

_SETTINGS = """\
[run]
source = sge_sim
parallel = true
concurrency = thread
dynamic_context = test_function
"""
"""Other processes aren't followed: no test would be known there."""


def note(folder: Path, processes: int) -> None:
    """Run the suite in so many shares, and write what is noted to a folder."""
    modules = [each for each in sorted(TESTS.rglob("test_*.py")) if not is_of_another_target(each)]
    settings, lines = folder / "settings.ini", folder / LINES
    settings.write_text(_SETTINGS)
    covered = [sys.executable, "-m", "coverage"]
    asked = [*covered, "run", f"--rcfile={settings}", "-m", "pytest", "-q"]
    shares = [
        subprocess.Popen(
            [*asked, f"--junit-xml={folder}/{rank}.xml", *modules[rank::processes]],
            cwd=ROOT,
            env=os.environ | {"COVERAGE_FILE": str(lines)},
        )
        for rank in range(processes)
    ]
    for share in shares:
        # A test that is slowed down beyond its bound doesn't hold it up.
        if share.wait() not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            sys.exit("The tests of the suite don't run: see what pytest says.")
    seconds: Counter[str] = Counter()
    for report in folder.glob("*.xml"):
        for test in etree.parse(report).iter("testcase"):
            module = Path(*test.attrib["classname"].split(".")).with_suffix(".py")
            name = test.attrib["name"].partition("[")[0]
            seconds[f"{module}::{name}"] += float(test.get("time", 0))
    subprocess.run([*covered, "combine", "-q", f"--data-file={lines}"], cwd=ROOT, check=True)
    (folder / SECONDS).write_text(json.dumps(seconds))


if __name__ == "__main__":
    note(Path(sys.argv[1]).absolute(), int(sys.argv[2]))
