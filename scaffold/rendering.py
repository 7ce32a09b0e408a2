"""Writes a folder of the package and its test, of the templates of a kind."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(kind: str, facts: Mapping[str, Any], folder: Path, tests: Path) -> list[Path]:
    """Write each template of a kind to the folder, the test beside others; return the files."""
    templates = Environment(  # noqa: S701 - programs, not pages
        loader=PackageLoader("scaffold", f"templates/{kind}"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    written = []
    for name in sorted(templates.list_templates()):
        file = name.removesuffix(".j2")
        target = tests / f"test_{folder.name}.py" if file == "test.py" else folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(templates.get_template(name).render(facts), encoding="utf-8")
        written.append(target)
    return written
