"""The pages of the help: found by a reader who has never seen sge-sim, run as they are written."""

import os
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from loaded_programs import put_program
from snippets import DOCS, ROOT, missing_lines, pages, run_page, steps_of

from sge_sim.services.registry import SERVICES
from sge_sim.settings import Settings
from sge_sim.soap.codes import LIBELLES_CODES

DECOUVRIR = DOCS / "decouvrir.md"
MADE = {"commandes", "reglages", "rest", "fichiers", "guide"}
FRENCH = re.compile(
    r"[éèêàâçùîôœ«»]|\w : \w|\b(le|la|les|un|une|des|du|est|sont|pour|avec|qui|que|dans|sur|par|aux"
    r"|cette|donner|voir|ou|et|clé|dossier|connu)\b",
    re.I,
)
LINK = re.compile(r"\]\((?!https?://|#)([^)\s#]+)(?:#([^)]+))?\)")


def reference() -> ModuleType:
    """The module that `make site` runs; it isn't in a package."""
    spec = spec_from_file_location("reference", DOCS / "site" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_reader_of_decouvrir_makes_a_first_call_and_understands_a_refusal(
    tmp_path: Path,
) -> None:
    """From an empty folder, but for the installation, which `tests/installation` proves."""
    program = put_program(tmp_path / "bin")
    (tmp_path / "reader").mkdir()
    path = f"{program.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    assert run_page(DECOUVRIR, tmp_path / "reader", environ={"PATH": path}) == []


def test_an_english_reader_does_the_same_and_reads_no_french_but_codes_and_labels(
    tmp_path: Path,
) -> None:
    program = put_program(tmp_path / "bin")
    folder = tmp_path / "reader"
    folder.mkdir()
    path = f"{program.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    assert run_page(DOCS / "en" / "ten-minutes.md", folder, environ={"PATH": path}) == []
    kit = [folder / "kit-sge" / name for name in ("GUIDE.md", "LISEZMOI.txt")]
    read = [folder / "serve.log", folder / "written.log", *kit, *folder.glob("kit-sge/exemples/*")]
    assert len(read) == 13
    assert {
        file.name: found for file in read if (found := french_in(file.read_text("utf-8")))
    } == {}


@pytest.mark.parametrize("page", sorted((DOCS / "en").glob("*.md")), ids=lambda page: page.name)
def test_a_page_in_english_has_no_french_but_names_in_italics_or_code(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|\*[^*\n]+\*", "x", page.read_text("utf-8"), flags=re.S)
    assert french_in(prose) == []


def french_in(text: str) -> list[str]:
    """Return the lines that have words of French: not those of messages, nor labels of codes."""
    for label in sorted(LIBELLES_CODES.values(), key=len, reverse=True):
        text = text.replace(label, "")
    text = re.sub(r"<.*>", "", text)  # messages of SGE
    text = re.sub(r"“[^”]*”|\"Cas \w+\"", "x", text)  # names of folders, explained beside
    return [line for line in text.splitlines() if FRENCH.search(line)]


@pytest.mark.parametrize("line", ["Clé privée", "un login connu de SGE", "le kit : voir"])
def test_french_is_found(line: str) -> None:
    assert french_in(line) == [line]


@pytest.mark.site
@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_the_snippets_of_a_page_do_what_it_says(tmp_path: Path, page: Path) -> None:
    assert run_page(page, tmp_path) == []


def test_a_line_that_does_not_come_is_missed() -> None:
    assert missing_lines(["a…c", "d"], "abc\nd\n") == []
    assert missing_lines(["d", "a…c"], "abc\nd\n") == ["a…c"]


def test_a_console_block_has_its_commands_and_what_they_write() -> None:
    page = "```console\n$ echo a \\\n    b\na b\n$ true\n```\n"
    assert [(step.typed, list(step.wanted)) for step in steps_of(page)] == [
        ("echo a \\\n    b\n", ["a b"]),
        ("true\n", []),
    ]


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_no_link_between_pages_is_dead(page: Path) -> None:
    """`make site` looks at the anchors too."""
    for target, _ in LINK.findall(page.read_text("utf-8")):
        path = (page.parent / target).resolve()
        assert path.exists() or (path.parent.name == "reference" and path.stem in MADE), target


def test_every_page_is_in_the_plan() -> None:
    planned = set(re.findall(r"^([\w/-]+)$", (DOCS / "index.md").read_text("utf-8"), re.M))
    there = {page.relative_to(DOCS).with_suffix("").as_posix() for page in DOCS.rglob("*.md")}
    assert there | {f"reference/{name}" for name in MADE} == planned | {"index"}


def test_the_table_of_the_guides_counts_what_the_page_of_provenances_counts() -> None:
    row = re.compile(r"^\| (\S+ v\S+|\*\*tous\*\*) \| (\d+) \| (\d+) \| (\d+) \|", re.M)
    provenances = (DOCS / "provenance.md").read_text("utf-8").split("\n## ")[1]
    guide = "\n".join(reference().guide_page())
    counted = row.findall(guide)
    assert len(counted) == len(SERVICES) + 1
    assert counted == row.findall(provenances)


def test_the_reference_has_every_command_and_every_setting() -> None:
    module = reference()
    commands = "\n".join(module.commands_page())
    assert "## sge-sim serve" in commands
    assert "## sge-sim journal show" in commands
    assert "[required]" not in commands
    settings = "\n".join(module.settings_page())
    assert f"`{sys.modules['sge_sim.settings'].variable_of('admin_host')}`" in settings
    assert settings.count("\n| `--") == len(Settings.__dataclass_fields__)
