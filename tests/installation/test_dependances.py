"""docs/dependances.md names what is installed, and the shims that keep Spyne going."""

import re
import tomllib
from pathlib import Path

import pytest

from sge_sim.soap import _spyne_compat

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "dependances.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIRED = [
    *PROJECT["dependencies"],
    *(one for extra in PROJECT["optional-dependencies"].values() for one in extra),
]
PINNED = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def name_of(requirement: str) -> str:
    return re.split(r"[^\w-]", requirement)[0]


def test_the_page_has_every_package_that_is_required_and_no_other() -> None:
    packages = [row[0] for row in rows("Packages")]
    assert packages == sorted({name_of(one) for one in REQUIRED})


@pytest.mark.parametrize("row", rows("Packages"), ids=lambda row: row[0])
def test_each_package_says_why_by_whom_and_what_instead(row: list[str]) -> None:
    _, why, kept, instead = row
    assert why
    assert instead
    assert ";" in kept, "who keeps it; its licence"
    for path in re.findall(r"`(\w[\w/]*(?:\.py)?)`", why):
        names = [ROOT / "sge_sim" / path, ROOT / "sge_sim" / "admin" / "static" / path]
        assert "/" not in path or any(one.exists() for one in names), path


def test_each_shim_is_pinned_where_it_is_installed() -> None:
    shims = rows("Spyne, and what keeps it going")
    assert {row[0] for row in shims} == {"import hook", "legacy-cgi", "silent import"}
    for _, _, _, where, pin in shims:
        assert any(one.partition(";")[0] == pin for one in REQUIRED), pin
        assert re.search(rf"^{re.escape(pin)}[ ;\\]", PINNED, re.MULTILINE), pin
        for name in re.findall(r"`_spyne_compat\.(\w+)`", where):
            assert hasattr(_spyne_compat, name)


def imports_of(package: str) -> dict[str, list[str]]:
    """Return the indents of the imports of a package, by the name of the file."""
    imported = re.compile(rf"^( *)(?:from|import) {package}\b", re.MULTILINE)
    sources = (ROOT / "sge_sim").rglob("*.py")
    found = {file.name: imported.findall(file.read_text(encoding="utf-8")) for file in sources}
    return {name: indents for name, indents in found.items() if indents}


def test_spyne_is_imported_through_one_module_alone() -> None:
    assert imports_of("spyne").keys() == {"_spyne_compat.py"}


@pytest.mark.parametrize(
    ("package", "where"),
    [("distributed", "grappe.py"), ("mcp", "mcp.py"), ("pyarrow", "parquet.py")],
)
def test_what_an_extra_brings_is_loaded_by_who_asks_for_it_alone(package: str, where: str) -> None:
    places = imports_of(package)
    assert places.keys() == {where}
    assert all(places[where]), "within a function"
