"""What CONTRIBUTING.md tells a newcomer to open or to run is there, and does what it says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sge_sim.homologation.catalogue.release import load_release_folder
from sge_sim.homologation.catalogue.release_files import CatalogueFiles
from sge_sim.machine.files import data_path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TASKS = dict(re.findall(r"^\| (?:an? )([a-zA-Z ]+?) \| (.+) \|$", PAGE, re.M))
WANTED = {
    *("label", "return code", "rule", "field of a point", "field of an answer", "service"),
    *("flux", "page", "setting", "table", "release of the catalogue"),
    *("operation of Data Connect", "check of an answer", "contractual event of a point"),
}


def test_every_task_is_told() -> None:
    assert TASKS.keys() == WANTED


@pytest.mark.parametrize("task", sorted(WANTED))
def test_a_task_names_files_that_are_there(task: str) -> None:
    paths = [each for each in re.findall(r"`([^`\s]+)`", TASKS[task]) if "/" in each]
    assert paths
    assert [each for each in paths if not (ROOT / each).exists()] == []


def test_every_path_of_the_page_is_there() -> None:
    made_by_the_reader = ("catalog/sge-26.2", ".venv/")
    named = re.findall(r"`((?:sge_sim|tests|docs|wsdl|catalog|certs|scaffold)/[^`\s]*)`", PAGE)
    assert named
    missing = [each for each in named if not (ROOT / each).exists()]
    assert [each for each in missing if not each.startswith(made_by_the_reader)] == []


def test_the_page_makes_a_release_that_has_every_case_of_the_one_before(tmp_path: Path) -> None:
    section = PAGE.partition("\n## A release\n")[2].partition("\n## ")[0]
    (commands,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    shutil.copytree(data_path("catalog"), tmp_path / "catalog")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    done = subprocess.run(
        ["sh", "-e", "-c", commands], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    folder = tmp_path / "catalog"
    before, after = (load_release_folder(folder / f"sge-{name}") for name in ("26.1", "26.2"))
    assert after.cas == before.cas
    assert CatalogueFiles(folder).names[-1] == "sge-26.2"


def test_lock_without_uv_says_what_is_needed(tmp_path: Path) -> None:
    for program in ("make", "sh"):
        found = shutil.which(program)
        assert found is not None
        (tmp_path / program).symlink_to(found)
    done = subprocess.run(
        ["make", "lock"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
    )
    assert done.returncode == 2
    assert "uv is needed: no uv on this machine" in done.stderr
