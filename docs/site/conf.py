"""How `make site` builds the pages of `docs/`: Sphinx reads Markdown by MyST, the theme is ours."""

import re
import subprocess
from datetime import UTC, datetime
from os import environ
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENGLISH = {"architecture", "design", "glossary", "dependances", "vraisemblance"}
"""For those who develop sge-sim."""
MERMAID = re.compile(r"```mermaid\n(.*?)```", re.S)
_BOX = r"(\w+)(?:\[\"([^\"]+)\"\]|\(\[([^\]]+)\]\))?"
ARROW = re.compile(rf"^\s*{_BOX}\s*-\.?->(?:\|([^|]+)\|)?\s*{_BOX}", re.M)
FINISHES = (
    (
        '<table class="docutils',
        '<div class="defile" tabindex="0" role="group" aria-label="Tableau"><table class="docutils',
    ),
    ("</table>", "</table></div>"),
    ('<th class="head"><p></p></th>', "<td></td>"),
    ("<pre>", '<pre tabindex="0">'),
    ("« ", "«\N{NO-BREAK SPACE}"),
    (" »", "\N{NO-BREAK SPACE}»"),
)

project = "sge-sim"
_version = (ROOT / "sge_sim/__init__.py").read_text("utf-8")
release = re.findall(r'^__version__ = "(.*)"', _version, re.M)[0]
language = "fr"
smartquotes = False  # it would make one dash of the two of an option
extensions = ["myst_parser"]
exclude_patterns = ["site"]
html_theme = "theme"
html_theme_path = [str(HERE)]
html_title = "Aide de sge-sim"
html_static_path = [
    str(ROOT / "sge_sim/admin/static" / name)
    for name in ("style.css", "inter.woff2", "inter-LICENSE.txt")
]
html_favicon = str(ROOT / "sge_sim/admin/static/favicon.ico")
html_copy_source = False
html_use_index = False
html_domain_indices = False
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]
suppress_warnings = ["misc.highlighting_failure", "myst.header"]


def steps_of(diagram: re.Match[str]) -> str:
    """Return a flowchart as a table of its arrows, which needs no script and can be read aloud."""
    names: dict[str, str] = {}
    rows = ["| from | | to |", "|---|---|---|"]
    for start, square, round_, what, end, *named in ARROW.findall(diagram[1]):
        names.update(pair for pair in ((start, square or round_), (end, "".join(named))) if pair[1])
        rows.append(f"| `{names[start]}` | {what} | `{names[end]}` |")
    return "\n".join(rows)


def read_source(_app: Sphinx, _name: str, source: list[str]) -> None:
    source[0] = MERMAID.sub(steps_of, source[0])


def finish_page(
    app: Sphinx, name: str, _template: str, context: dict[str, Any], _tree: Any
) -> None:
    """Give a page the day of its last change, and what axe asks of what scrolls."""
    context["lang"] = "en" if name in ENGLISH or name.startswith("en/") else "fr"
    if name in app.env.found_docs:
        context["changed"] = _last_commit(app.env.doc2path(name)) or _release_day()
    for written, wanted in FINISHES:
        context["body"] = context.get("body", "").replace(written, wanted)


def leave_search(app: Sphinx) -> None:
    """Make no search: the administration's answers."""
    app.builder.search = False


def _last_commit(page: Path | str) -> str:
    try:
        asked = ["git", "log", "-1", "--format=%cd", "--date=format:%d/%m/%Y", "--", str(page)]
        return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        return ""


def _release_day() -> str:
    return datetime.fromtimestamp(int(environ["SOURCE_DATE_EPOCH"]), UTC).strftime("%d/%m/%Y")


def setup(app: Sphinx) -> None:
    app.connect("source-read", read_source)
    app.connect("html-page-context", finish_page)
    app.connect("builder-inited", leave_search)
