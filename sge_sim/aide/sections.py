"""The sections of the help: what stands under each heading of each page."""

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from sge_sim.domaine.francais import normalise
from sge_sim.errors import UsageError
from sge_sim.machine.files import data_path

SITE: Final = Path(__file__).parents[1] / "admin/aide.zip"
"""The pages that `make site` packed, and their sections."""
PACKED: Final = "sections.json.xz"
_DEVELOPERS: Final = {
    *("architecture", "design", "glossary", "dependances", "vraisemblance", "index"),
}
"""Pages of those who develop sge-sim, and the one that only leads to others. Questions are asked in
French: pages in English (`en/`) answer none."""
_HEADING: Final = re.compile(r"^(#{1,4}) +(.+)$", re.M)
_MARKS: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|```\{toctree\}.*?```|```\w*|[`*]", re.S)
_CODE: Final = re.compile(r"^```(?!\{).*?^```", re.M | re.S)
_RULE_OF_TABLE: Final = re.compile(r"^\|[-|: ]+\|$", re.M)


@dataclass(frozen=True)
class HelpSection:
    """What stands under a heading: the page's name and title, the heading, its anchor, the text.

    The first section of a page has neither heading nor anchor.
    """

    page: str
    titre: str
    rubrique: str
    ancre: str
    texte: str

    @property
    def adresse(self) -> str:
        """Where the administration serves it."""
        return f"/aide/{self.page}.html{self.ancre and '#'}{self.ancre}"


def all_sections() -> tuple[HelpSection, ...]:
    """Return the sections of the help: of `docs/` in a clone, else those that were packed.

    Raises `UsageError` where neither a packed help nor `docs/` is there.
    """
    docs = data_path("docs")
    if (docs / "decouvrir.md").exists():
        return tuple(read_sections(docs))
    if not SITE.exists():
        raise UsageError("L'aide n'est pas dans cette installation : make site l'y met.")
    with ZipFile(SITE) as site:
        packed = lzma.decompress(site.read(PACKED))
    return tuple(HelpSection(*row) for row in json.loads(packed))


def pack_sections(docs: Path) -> bytes:
    """Return the sections of the pages of a folder as `all_sections` reads them."""
    rows = [astuple(each) for each in read_sections(docs)]
    return lzma.compress(json.dumps(rows, ensure_ascii=False).encode(), preset=9)


def read_sections(docs: Path) -> Iterator[HelpSection]:
    """Yield the sections of the pages of a folder of Markdown, page after page."""
    for file in sorted(docs.rglob("*.md")):
        name = file.relative_to(docs).with_suffix("").as_posix()
        if name not in _DEVELOPERS and not name.startswith("en/"):
            yield from _sections(name, file.read_text("utf-8"))


def _sections(name: str, page: str) -> Iterator[HelpSection]:
    page = _CODE.sub(_apart, page)
    _, *parts = _HEADING.split(page)
    titre = _plain(parts[1])
    for level, heading, text in zip(*[iter(parts)] * 3, strict=True):
        rubrique = "" if len(level) == 1 else _plain(heading)
        yield HelpSection(name, titre, rubrique, anchor_of(rubrique), _plain(text))


def _apart(code: re.Match[str]) -> str:
    """Return lines of code as paragraphs; a comment of theirs begins as a heading does."""
    return code[0].replace("\n#", "\n #").replace("\n", "\n\n")


def _plain(text: str) -> str:
    return _RULE_OF_TABLE.sub("", _MARKS.sub(r"\1", text)).strip()


def anchor_of(rubrique: str) -> str:
    """Return the anchor that Sphinx gives to a heading.

    >>> anchor_of("Où est l'état ?")
    'ou-est-l-etat'
    """
    return re.sub("^[^a-z]+", "", normalise(rubrique).lower().replace(" ", "-"))


def lines_of(section: HelpSection) -> Iterator[str]:
    """Yield what an excerpt may show: a row of a table, a paragraph, a line of code."""
    for block in re.split(r"\n\s*\n|\n(?=\|)", section.texte):
        if shown := " ".join(block.strip("| \n").replace(" | ", " · ").split()):
            yield shown
