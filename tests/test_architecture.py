"""docs/architecture.md names what is in the code, and every station of the way of a call."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from bench.trace import kind_of
from bench.walks import curve

PAGE = (Path(__file__).parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"sge_sim(?:\.\w+)+", PAGE)))
HELPERS = {"tables/prepared.py", "facts/lecture.py"}
"""Walked through, and no stations: they stand behind the facts."""


def find(name: str) -> object:
    """Return the module, the class or the member of that dotted name."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_in_the_code(name: str) -> None:
    assert find(name) is not None


def test_a_stale_name_is_found() -> None:
    with pytest.raises(AttributeError):
        find("sge_sim.soap.endpoint.Nothing")


def test_the_page_names_what_is_drawn_in_its_own_words() -> None:
    drawn = re.findall(r'\["([^"]+)"\]', PAGE)
    assert len(drawn) > 30
    assert [name for name in drawn if not name.startswith("sge_sim.")] == []


def test_the_page_names_every_station_of_a_call(tmp_path: Path) -> None:
    walked = {step.file for step in curve(tmp_path).steps}
    stations = {file for file in walked if kind_of(file) is None} - HELPERS
    named = {file for file in stations if f"sge_sim.{file[:-3].replace('/', '.')}." in PAGE}
    of_the_service = {one for one in stations if one.startswith("services/consultation_")}
    assert stations - named - of_the_service == set()
