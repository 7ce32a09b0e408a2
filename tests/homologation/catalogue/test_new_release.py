"""A release in which nothing changed is made by what CONTRIBUTING.md says, and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from sge_sim.homologation.catalogue.release import load_release_folder
from sge_sim.homologation.catalogue.release_files import CatalogueFiles
from sge_sim.machine.files import data_path

ROOT = Path(__file__).parents[3]


def test_the_page_makes_a_release_that_has_every_case_of_the_one_before(tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    section = page.partition("\n## A release\n")[2].partition("\n## ")[0]
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
    assert CatalogueFiles(folder).names()[-1] == "sge-26.2"
