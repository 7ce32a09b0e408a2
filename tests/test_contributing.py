"""What CONTRIBUTING.md tells a newcomer to open is there, for each thing that may be changed."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
TASKS = dict(re.findall(r"^\| (?:an? )([a-zA-Z ]+?) \| (.+) \|$", PAGE, re.M))
WANTED = {
    *("label", "return code", "rule", "field of a point", "field of an answer", "service"),
    *("flux", "page", "setting", "table", "release of the catalogue"),
    "operation of Data Connect",
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
